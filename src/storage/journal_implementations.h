// Every implementation of the Journal port, for the suites that hold them to its promises.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "ports/journal.h"
#include "storage/sqlite_journal.h"
#include "storage/temp_folder.h"

namespace signalbus::storage {

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Journal>(const TempFolder&)> make;  ///< A new, empty journal.
};

inline void PrintTo(const Implementation& implementation, std::ostream* out) {
  *out << implementation.name;
}

inline std::vector<Implementation> journal_implementations() {
  return {Implementation{"SqliteOnDisk",
                         [](const TempFolder& folder) -> std::unique_ptr<Journal> {
                           return SqliteJournal::open(folder / "state/signalbus.db").value();
                         }},
          Implementation{"SqliteInMemory", [](const TempFolder&) -> std::unique_ptr<Journal> {
                           return SqliteJournal::open_in_memory().value();
                         }}};
}

}  // namespace signalbus::storage
