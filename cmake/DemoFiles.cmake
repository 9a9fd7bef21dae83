# sb_embed_demo(TARGET): the files of examples/demo as text inside the program, so that `signalbus demo`
# needs nothing beside it. Run as a script (cmake -P) it writes that source file.
set(demo_files
  README.md strategies.py config/config.yaml config/strategy_manifest.yaml config/faults.yaml
  data/mapping/sectors.csv data/prices/us_large_caps_20_daily_close.csv
  data/raw_signals/equal_weight.csv data/raw_signals/inverse_volatility.csv data/raw_signals/momentum.csv)

if(CMAKE_SCRIPT_MODE_FILE)
  set(text "#include \"app/demo_files.h\"\n\nnamespace signalbus::app {\nnamespace {\n\n")
  string(APPEND text "constexpr DemoFile kFiles[] = {\n")
  foreach(name IN LISTS demo_files)
    file(READ "${FOLDER}/${name}" bytes)
    string(APPEND text "    {\"${name}\", R\"~demo~(${bytes})~demo~\"},\n")
  endforeach()
  string(APPEND text "};\n\n}  // namespace\n\nstd::span<const DemoFile> demo_files() { return kFiles; }\n\n")
  string(APPEND text "}  // namespace signalbus::app\n")
  file(WRITE "${OUTPUT}" "${text}")
  return()
endif()

function(sb_embed_demo target)
  set(folder ${CMAKE_SOURCE_DIR}/examples/demo)
  set(output ${CMAKE_BINARY_DIR}/generated/demo_files.cc)
  list(TRANSFORM demo_files PREPEND ${folder}/ OUTPUT_VARIABLE sources)
  add_custom_command(OUTPUT ${output} DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/cmake/DemoFiles.cmake
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DOUTPUT=${output} -P ${CMAKE_SOURCE_DIR}/cmake/DemoFiles.cmake
    VERBATIM)
  # Clang warns beyond the 64 KiB that every compiler must take; ours take more.
  set_source_files_properties(${output} PROPERTIES
    COMPILE_OPTIONS $<$<CXX_COMPILER_ID:Clang>:-Wno-overlength-strings>)
  target_sources(${target} PRIVATE ${output})
endfunction()
