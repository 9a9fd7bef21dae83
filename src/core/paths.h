// Path text without touching the file system.
#pragma once

#include <string>
#include <string_view>

namespace signalbus {

/// `path` seen from `root`: absolute paths stay, a leading `./` is dropped.
std::string join_path(std::string_view root, std::string_view path);
/// The reverse: `path` seen from `root` when it lies below it, else unchanged.
std::string path_below(std::string_view root, std::string_view path);
/// Everything before the last slash; "." when there is none, "/" for the root itself.
std::string parent_path(std::string_view path);
/// Everything after the last slash.
std::string file_name(std::string_view path);
bool has_extension(std::string_view path, std::string_view extension);  ///< ".csv"

}  // namespace signalbus
