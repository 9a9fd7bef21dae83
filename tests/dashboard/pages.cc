// dashboard_pages FOLDER: the pages and their JSON that the browser tests open, one pair per view.
#include <chrono>
#include <fstream>
#include <iostream>

#include "synthetic.h"

namespace {

using namespace signalbus::report;

void write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) {
    std::cerr << path << ": cannot be written\n";
    std::exit(1);
  }
}

void write_pair(const std::string& folder, const std::string& name, const DashboardView& view) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string html = dashboard_html(view);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  std::cout << name << ": " << html.size() << " bytes, " << took.count() << " ms\n";
  write(folder + "/" + name + ".html", html);
  write(folder + "/" + name + ".json", dashboard_json(view));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: dashboard_pages FOLDER\n";
    return 2;
  }
  const std::string folder = argv[1];
  write_pair(folder, "decade", testing::synthetic_view({}));
  write_pair(folder, "large", testing::synthetic_view({.names = 500}));
  write_pair(folder, "alone", testing::weekly_view());
  write_pair(folder, "three_days", testing::synthetic_view({.sessions = 3, .names = 5}));
  write_pair(folder, "empty", testing::empty_view());
  write_pair(folder, "hostile", testing::hostile_view());
  return 0;
}
