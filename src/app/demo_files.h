// The workspace of `signalbus demo` as it stands in examples/demo, kept inside the program.
#pragma once

#include <span>
#include <string_view>

namespace signalbus::app {

struct DemoFile {
  std::string_view path;  ///< Below the workspace.
  std::string_view bytes;
};

/// Defined in a file that the build makes from examples/demo (cmake/DemoFiles.cmake).
std::span<const DemoFile> demo_files();

}  // namespace signalbus::app
