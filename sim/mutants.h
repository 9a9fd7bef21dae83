// Mutants: the ten broken versions of the execution protocol, each of which must be caught.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "execution/mutation.h"
#include "sim/totals.h"

namespace signalbus::sim {

struct Mutant {
  std::string name;  ///< "m1"
  execution::Mutation mutation;
  std::string words;
};
const std::vector<Mutant>& mutants();

/// Lets the world's program be that one from now on.
void become(const Mutant& mutant);
/// nullopt for an unknown name.
std::optional<Mutant> find_mutant(const std::string& name);

/// The first failing seed of `likely`, then of 1 to `seeds_max`.
std::optional<Failure> hunt(const Mutant& mutant, std::span<const std::uint64_t> likely,
                            std::uint64_t seeds_max);

}  // namespace signalbus::sim
