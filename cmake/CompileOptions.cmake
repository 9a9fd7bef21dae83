# Compiler options for every target: warnings are errors, checks stay on in release, fast linker and cache where present.
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
# __int128 is how money is multiplied exactly; -Wpedantic alone would refuse it.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-pedantic-ms-format>)
# libstdc++ 12's own std::stable_sort calls a function that it marks deprecated; only clang says so.
add_compile_options($<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
add_compile_definitions(_GLIBCXX_ASSERTIONS)

option(SB_ASAN "Address and undefined-behaviour sanitizers" OFF)
option(SB_TSAN "Thread sanitizer" OFF)
option(SB_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(SB_HARDEN "Hardening flags of a release build" OFF)

if(SB_ASAN)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(SB_TSAN)
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()
if(SB_HARDEN)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fcf-protection)
  add_link_options(-Wl,-z,relro,-z,now -pie)
endif()

find_program(SB_CCACHE ccache)
if(SB_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SB_CCACHE})
endif()
find_program(SB_MOLD mold)
if(SB_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
