# Every header compiles on its own: one generated unit per header, built as the target of the test `headers`.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/src/*.h)
set(header_units)
foreach(header ${headers})
  string(REPLACE "/" "__" unit ${header})
  set(unit ${CMAKE_BINARY_DIR}/headers/${unit}.cc)
  file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${header}\"\n#include \"${header}\"  // and twice\n")
  list(APPEND header_units ${unit})
endforeach()
add_library(header_check OBJECT EXCLUDE_FROM_ALL ${header_units})
target_include_directories(header_check PRIVATE ${CMAKE_SOURCE_DIR}/src)
# Nothing is linked, so optimisation and sanitizers would only cost time.
target_compile_options(header_check PRIVATE -O0 -fno-sanitize=all)
target_link_libraries(header_check PRIVATE sb_app sb_arrow)
# As tests have them: their helpers are headers too.
target_compile_definitions(header_check PRIVATE SB_TESTDATA="" SB_SOURCE_DIR="")
add_test(NAME headers COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target header_check)
set_tests_properties(headers PROPERTIES TIMEOUT 1200)
