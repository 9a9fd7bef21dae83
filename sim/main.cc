// signalbus-sim: runs the worlds of many seeds, and says how to run a failing one again.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "sim/campaign.h"
#include "sim/mutants.h"

namespace signalbus::sim {
namespace {

/// Below so many seeds a rare fault may well not have happened.
constexpr std::uint64_t kSeedsToSeeAll = 2'000;

struct Options {
  std::uint64_t seeds = 1'000;
  std::uint64_t first = 1;
  std::optional<std::uint64_t> seed;
  bool trace = false;
  int jobs = 1;
  std::string mutation;
  bool mutations = false;
  std::string caught;   ///< A file of seeds that caught a mutation.
  std::string regress;  ///< A file of seeds that failed once.
};

/// Lines of numbers, each after a name or without one; `#` starts a comment.
std::map<std::string, std::vector<std::uint64_t>> read_seeds(const std::string& path) {
  std::map<std::string, std::vector<std::uint64_t>> out;
  if (path.empty()) return out;
  std::ifstream file(path);
  if (!file) throw CLI::FileError("a file of seeds: " + path + " cannot be read");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name;
    for (std::string word; words >> word;) {
      if (word.find_first_not_of("0123456789") == std::string::npos) {
        out[name].push_back(std::stoull(word));
      } else {
        name = word;
      }
    }
  }
  return out;
}

int run_one(const Options& options) {
  const Verdict verdict = tell_story(*options.seed, {.echo = options.trace});
  std::printf("seed %llu: %llu events, trace %016llx\n",
              static_cast<unsigned long long>(*options.seed),
              static_cast<unsigned long long>(verdict.events),
              static_cast<unsigned long long>(verdict.trace_hash));
  if (!verdict.violation) return 0;
  std::printf("FAILED %s: %s\n", verdict.violation->invariant.c_str(),
              verdict.violation->words.c_str());
  return 1;
}

int hunt_mutants(const Options& options) {
  int missed = 0;
  auto likely = read_seeds(options.caught);
  for (const Mutant& mutant : mutants()) {
    const std::optional<Failure> found = hunt(mutant, likely[mutant.name], options.seeds);
    if (!found) ++missed;
    std::printf(
        "%-4s %-50s %s\n", mutant.name.c_str(), mutant.words.c_str(),
        found ? ("caught by " + found->invariant + ", seed " + std::to_string(found->seed)).c_str()
              : "NOT CAUGHT");
    std::fflush(stdout);
  }
  return missed == 0 ? 0 : 1;
}

int run_many(const Options& options, const std::string& program) {
  CampaignOptions campaign{.seeds = read_seeds(options.regress)[""], .jobs = options.jobs};
  for (std::uint64_t i = 0; i < options.seeds; ++i) campaign.seeds.push_back(options.first + i);
  const Totals totals = run_campaign(campaign);
  std::fputs(totals.report().c_str(), stdout);
  std::string command = program;
  if (!options.mutation.empty()) command += " --mutation " + options.mutation;
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < totals.failures().size(); ++i) {
    const Failure& failure = totals.failures()[i];
    if (i < kShown) {
      std::fputs(describe(failure, command).c_str(), stdout);
    } else {
      std::printf("FAILED %s: %s (--seed %llu)\n", failure.invariant.c_str(), failure.words.c_str(),
                  static_cast<unsigned long long>(failure.seed));
    }
  }
  if (!totals.failures().empty()) return 1;
  if (options.seeds < kSeedsToSeeAll) return 0;
  const std::vector<std::string> never = totals.never_seen();
  for (const std::string& name : never) std::printf("FAILED: %s never happened\n", name.c_str());
  return never.empty() ? 0 : 1;
}

}  // namespace
}  // namespace signalbus::sim

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): ends the program
  using namespace signalbus::sim;  // NOLINT(google-build-using-namespace)
  Options options;
  CLI::App app{"The executor in simulated worlds, one per seed. Exit code 1: an invariant broke."};
  app.add_option("--seeds", options.seeds, "how many worlds")->capture_default_str();
  app.add_option("--first", options.first, "the first seed")->capture_default_str();
  app.add_option("--seed", options.seed, "one world only");
  app.add_flag("--trace", options.trace, "with --seed: every event");
  app.add_option("--jobs", options.jobs, "processes at a time")->check(CLI::Range(1, 256));
  app.add_option("--mutation", options.mutation, "a broken protocol, m1 to m10");
  app.add_flag("--mutations", options.mutations, "each of them until a world catches it");
  app.add_option("--caught", options.caught, "with --mutations: a file of seeds that run first");
  app.add_option("--regress", options.regress, "a file of seeds that run first");
  CLI11_PARSE(app, argc, argv);
  if (!options.mutation.empty()) {
    const auto mutant = find_mutant(options.mutation);
    if (!mutant) {
      std::cerr << "signalbus-sim: --mutation: '" << options.mutation << "' is none of m1 to m10\n";
      return 2;
    }
    become(*mutant);
  }
  try {
    if (options.seed) return run_one(options);
    if (options.mutations) return hunt_mutants(options);
    return run_many(options, argv[0]);
  } catch (const CLI::Error& error) {
    return app.exit(error);
  }
}
