# Arrow and Parquet C++, for the plug-in only: an installed one, else what script/fetch-arrow put
# into .deps/arrow. Defines the target sb_arrow and, in the second case, SB_ARROW_LIBRARIES: the files
# to place beside the plug-in.
find_package(Arrow 26 CONFIG QUIET)  # the API of other versions differs
find_package(Parquet 26 CONFIG QUIET)

add_library(sb_arrow INTERFACE)
set(SB_ARROW_LIBRARIES)
if(TARGET Parquet::parquet_shared AND TARGET Arrow::arrow_shared)
  target_link_libraries(sb_arrow INTERFACE Parquet::parquet_shared Arrow::arrow_shared)
  return()
endif()

set(folder ${CMAKE_SOURCE_DIR}/.deps/arrow/pyarrow)
set(config ${folder}/include/arrow/util/config.h)
if(NOT EXISTS ${config})
  message(FATAL_ERROR "no Arrow C++ here; run: script/fetch-arrow")
endif()
file(STRINGS ${config} line REGEX "#define ARROW_SO_VERSION ")
string(REGEX REPLACE ".*\"([0-9]+)\".*" "\\1" so_version "${line}")
foreach(name parquet arrow)
  list(APPEND SB_ARROW_LIBRARIES ${folder}/lib${name}.so.${so_version})
endforeach()
target_include_directories(sb_arrow SYSTEM INTERFACE ${folder}/include)
target_link_libraries(sb_arrow INTERFACE ${SB_ARROW_LIBRARIES})
