# sb_embed_page(TARGET): dashboard/page.html as text inside the program, so that a report needs nothing beside it.
# Run as a script (cmake -P) it writes that source file.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${PAGE}" bytes)
  set(text "#include \"report/dashboard_page.h\"\n\nnamespace signalbus::report {\nnamespace {\n\n")
  string(APPEND text "constexpr std::string_view kPage = R\"~page~(${bytes})~page~\";\n\n}  // namespace\n\n")
  string(APPEND text "std::string_view dashboard_page() { return kPage; }\n\n}  // namespace signalbus::report\n")
  file(WRITE "${OUTPUT}" "${text}")
  return()
endif()

function(sb_embed_page target)
  set(page ${CMAKE_SOURCE_DIR}/dashboard/page.html)
  set(output ${CMAKE_BINARY_DIR}/generated/dashboard_page.cc)
  set(script ${CMAKE_SOURCE_DIR}/cmake/DashboardPage.cmake)
  add_custom_command(OUTPUT ${output} DEPENDS ${page} ${script}
    COMMAND ${CMAKE_COMMAND} -DPAGE=${page} -DOUTPUT=${output} -P ${script} VERBATIM)
  # Clang warns beyond the 64 KiB that every compiler must take; ours take more.
  set_source_files_properties(${output} PROPERTIES
    COMPILE_OPTIONS $<$<CXX_COMPILER_ID:Clang>:-Wno-overlength-strings>)
  target_sources(${target} PRIVATE ${output})
endfunction()
