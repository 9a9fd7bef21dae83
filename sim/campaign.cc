#include "sim/campaign.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "core/check.h"

namespace signalbus::sim {
namespace {

constexpr std::size_t kLinesShown = 50;

/// What a job shows its parent while it runs, in memory that both have.
struct Progress {
  std::size_t at;  ///< Index of the seed that runs.
};

struct Job {
  pid_t process = -1;
  int output = -1;
  Progress* progress = nullptr;
  std::string text;
};

bool same_twice(std::uint64_t seed, const Verdict& first) {
  return tell_story(seed, {}).trace_hash == first.trace_hash;
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// In the child: its share of the seeds from `from` on.
Totals run_share(const CampaignOptions& options, std::size_t from, Progress& progress) {
  Totals totals;
  for (std::size_t i = from; i < options.seeds.size();
       i += static_cast<std::size_t>(options.jobs)) {
    progress.at = i;
    const std::uint64_t seed = options.seeds[i];
    const Verdict verdict = tell_story(seed, {});
    totals.add(seed, verdict);
    if (options.twice_every > 0 && seed % options.twice_every == 0 && !same_twice(seed, verdict)) {
      totals.add_failure({seed, "replay", "the same seed gave another trace"});
    }
    if (totals.failures().size() >= options.failures_max) break;
  }
  totals.add_rules();
  return totals;
}

void start(Job& job, const CampaignOptions& options, std::size_t from) {
  int ends[2] = {-1, -1};
  SB_CHECK(::pipe(ends) == 0);
  std::fflush(nullptr);
  job.progress->at = from;
  job.process = ::fork();
  SB_CHECK(job.process >= 0);
  if (job.process == 0) {
    ::close(ends[0]);
    write_all(ends[1], run_share(options, from, *job.progress).text());
    ::_exit(0);
  }
  ::close(ends[1]);
  job.output = ends[0];
}

/// Waits for the job. True when it ended by itself.
bool finish(Job& job) {
  char buffer[4096];
  while (true) {
    const ssize_t got = ::read(job.output, buffer, sizeof buffer);
    if (got <= 0) break;
    job.text.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(job.output);
  int status = 0;
  SB_CHECK(::waitpid(job.process, &status, 0) == job.process);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Progress* shared_progress() {
  void* memory =
      ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  SB_CHECK(memory != MAP_FAILED);
  return new (memory) Progress{0};
}

}  // namespace

Totals run_campaign(const CampaignOptions& options) {
  std::vector<Job> jobs(static_cast<std::size_t>(options.jobs));
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].progress = shared_progress();
    start(jobs[i], options, i);
  }
  Totals totals;
  for (Job& job : jobs) {
    std::size_t crashes = 0;
    while (!finish(job) && ++crashes < options.failures_max) {
      const std::size_t at = job.progress->at;
      totals.add_failure(
          {options.seeds[at], "crash", "the process ended; see its last words above"});
      start(job, options, at + static_cast<std::size_t>(options.jobs));
    }
    totals.read(job.text);
    ::munmap(job.progress, sizeof(Progress));
  }
  return totals;
}

std::string describe(const Failure& failure, const std::string& command) {
  std::string out = "FAILED " + failure.invariant + ": " + failure.words + "\n";
  if (failure.invariant != "crash") {
    const Verdict again = tell_story(failure.seed, {.lines = kLinesShown});
    out += "  seed " + std::to_string(failure.seed) + ", event " + std::to_string(again.events) +
           "; the last " + std::to_string(again.lines.size()) + ":\n";
    for (const std::string& line : again.lines) out += "    " + line.substr(0, 300) + "\n";
  }
  return out + "  see all of it: " + command + " --seed " + std::to_string(failure.seed) +
         " --trace\n";
}

}  // namespace signalbus::sim
