#include "core/paths.h"

namespace signalbus {

std::string join_path(std::string_view root, std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  if (path.empty() || path == ".") return std::string(root);
  if (path.front() == '/' || root.empty() || root == ".") return std::string(path);
  std::string out(root);
  if (out.back() != '/') out += '/';
  return out.append(path);
}

std::string path_below(std::string_view root, std::string_view path) {
  const bool below =
      path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
  return std::string(below ? path.substr(root.size() + 1) : path);
}

std::string parent_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

bool has_extension(std::string_view path, std::string_view extension) {
  return path.size() > extension.size() && path.ends_with(extension);
}

}  // namespace signalbus
