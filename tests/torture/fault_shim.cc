// libsbfault.so, preloaded into the program under torture: counts its system calls, records them,
// and at the n-th kills the process or lets the call fail.
//
// A seccomp filter turns the chosen calls into SIGSYS, whoever makes them (libc's own included);
// the handler makes the call itself, from an address that the filter lets pass. Much faster than
// being traced by another process, and one numbering over all threads.
//
//   SB_FAULT_CALLS   numbers of the calls to see, with commas
//   SB_FAULT_AT      which of them to disturb: its number in the order they happen, from 1
//   SB_FAULT_OF      count only this call for SB_FAULT_AT; absent: all
//   SB_FAULT_DO      kill, short (write half), or an errno to fail with; with + the later ones too
//   SB_FAULT_LOG     file that every call is recorded in, see `Record`
#include <fcntl.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#ifndef __x86_64__
#error "the calling convention below is that of x86-64"
#endif

extern "C" long sb_fault_call(long number, long a, long b, long c, long d, long e, long f);
extern "C" const char sb_fault_passes[];  // the address after its syscall instruction

__asm__(R"(
    .text
    .globl sb_fault_call
    .hidden sb_fault_call
    .globl sb_fault_passes
    .hidden sb_fault_passes
sb_fault_call:
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    syscall
sb_fault_passes:
    ret
)");

namespace {

/// What stands in the log for each call, followed by its bytes or its paths (each with its 0).
struct Record {
  std::int32_t number;
  std::uint32_t size;  ///< Of what follows.
  std::int64_t result;
  std::array<std::int64_t, 4> arguments;
};
static_assert(sizeof(Record) == 48);

enum class Action { kNone, kKill, kShort, kError };

int g_log = -1;
long g_at = 0;
long g_of = -1;
Action g_action = Action::kNone;
long g_error = 0;
bool g_onwards = false;
/// Where a library's code lies.
struct Range {
  std::uintptr_t from;
  std::uintptr_t to;
};
std::array<Range, 8> g_sanitizers{};
std::size_t g_sanitizer_count = 0;
std::atomic<long> g_seen{0};
std::atomic_flag g_logging = ATOMIC_FLAG_INIT;

long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  return sb_fault_call(number, a, b, c, d, 0, 0);
}

const char* text(long address) { return reinterpret_cast<const char*>(address); }

bool is_file_call(long number) {
  for (const long known :
       {SYS_openat, SYS_write, SYS_pwrite64, SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_rename,
        SYS_link, SYS_unlink, SYS_mkdir, SYS_close, SYS_lseek}) {
    if (number == known) return true;
  }
  return false;
}

/// Adds the part of the call's memory that says what it did.
void record(long number, const std::array<long, 6>& arguments, long result) {
  Record head{static_cast<std::int32_t>(number), 0, result, {}};
  for (std::size_t i = 0; i < head.arguments.size(); ++i) head.arguments.at(i) = arguments.at(i);
  std::array<iovec, 3> parts{};
  int count = 1;
  const auto add = [&](const char* from, std::size_t size) {
    parts.at(static_cast<std::size_t>(count++)) = {const_cast<char*>(from), size};
    head.size += static_cast<std::uint32_t>(size);
  };
  if ((number == SYS_write || number == SYS_pwrite64) && result > 0) {
    add(text(arguments[1]), static_cast<std::size_t>(result));
  } else if (number == SYS_openat) {
    add(text(arguments[1]), std::strlen(text(arguments[1])) + 1);
  } else if (number == SYS_unlink || number == SYS_mkdir) {
    add(text(arguments[0]), std::strlen(text(arguments[0])) + 1);
  } else if (number == SYS_rename || number == SYS_link) {
    add(text(arguments[0]), std::strlen(text(arguments[0])) + 1);
    add(text(arguments[1]), std::strlen(text(arguments[1])) + 1);
  }
  parts[0] = {&head, sizeof head};
  raw(SYS_writev, g_log, reinterpret_cast<long>(parts.data()), count);
}

/// Whether this is the call to disturb, or a later one where those are meant too.
bool is_it(long number) {
  if (g_action == Action::kNone || (g_of >= 0 && number != g_of)) return false;
  const long seen = g_seen.fetch_add(1) + 1;
  return seen == g_at || (g_onwards && seen > g_at);
}

long perform(long number, std::array<long, 6> arguments) {
  if (is_it(number)) {
    if (g_action == Action::kKill) {
      raw(SYS_kill, raw(SYS_getpid), SIGKILL);
      while (true) raw(SYS_pause);
    }
    if (g_action == Action::kError) {
      if (g_log >= 0) record(number, arguments, -g_error);
      return -g_error;
    }
    if ((number == SYS_write || number == SYS_pwrite64) && arguments[2] > 1) arguments[2] /= 2;
  }
  const bool ordered = g_log >= 0 && is_file_call(number);
  while (ordered && g_logging.test_and_set(std::memory_order_acquire)) raw(SYS_sched_yield);
  if (g_log >= 0 && number == SYS_exit_group) record(number, arguments, 0);
  const long result = sb_fault_call(number, arguments[0], arguments[1], arguments[2], arguments[3],
                                    arguments[4], arguments[5]);
  if (g_log >= 0) record(number, arguments, result);
  if (ordered) g_logging.clear(std::memory_order_release);
  return result;
}

/// The sanitizers' libraries make calls of their own: they are not the program's, and do not count.
bool is_of_sanitizer(const void* caller) {
  const auto at = reinterpret_cast<std::uintptr_t>(caller);
  return std::any_of(g_sanitizers.begin(), g_sanitizers.begin() + g_sanitizer_count,
                     [at](const Range& range) { return range.from <= at && at < range.to; });
}

int note_sanitizer(dl_phdr_info* library, std::size_t, void*) {
  if (std::strstr(library->dlpi_name, "/libasan.so") == nullptr &&
      std::strstr(library->dlpi_name, "/libubsan.so") == nullptr) {
    return 0;
  }
  for (int i = 0; i < library->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = library->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
    if (g_sanitizer_count == g_sanitizers.size()) return 1;
    const std::uintptr_t from = library->dlpi_addr + part.p_vaddr;
    g_sanitizers.at(g_sanitizer_count++) = {from, from + part.p_memsz};
  }
  return 0;
}

extern "C" void on_call(int, siginfo_t* info, void* context) {
  greg_t* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const std::array<long, 6> arguments = {registers[REG_RDI], registers[REG_RSI], registers[REG_RDX],
                                         registers[REG_R10], registers[REG_R8],  registers[REG_R9]};
  registers[REG_RAX] = is_of_sanitizer(info->si_call_addr)
                           ? sb_fault_call(info->si_syscall, arguments[0], arguments[1],
                                           arguments[2], arguments[3], arguments[4], arguments[5])
                           : perform(info->si_syscall, arguments);
}

std::vector<unsigned> numbers_of(const char* list) {
  std::vector<unsigned> out;
  for (char* at = const_cast<char*>(list); *at != '\0';) {
    out.push_back(static_cast<unsigned>(std::strtoul(at, &at, 10)));
    if (*at == ',') ++at;
  }
  return out;
}

/// Lets everything pass but the chosen calls, and those too from the stub above.
bool install(const std::vector<unsigned>& calls) {
  const auto stub = reinterpret_cast<std::uint64_t>(sb_fault_passes);
  const auto jump = [](unsigned value, std::size_t yes, std::size_t no) {
    return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, static_cast<__u8>(yes),
                                static_cast<__u8>(no));
  };
  const auto load = [](std::size_t offset) {
    return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<__u32>(offset));
  };
  std::vector<sock_filter> filter = {load(offsetof(seccomp_data, nr))};
  for (std::size_t i = 0; i < calls.size(); ++i)
    filter.push_back(jump(calls[i], calls.size() - i, 0));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  constexpr std::size_t kPointer = offsetof(seccomp_data, instruction_pointer);
  filter.push_back(load(kPointer));
  filter.push_back(jump(static_cast<unsigned>(stub), 0, 2));
  filter.push_back(load(kPointer + 4));
  filter.push_back(jump(static_cast<unsigned>(stub >> 32U), 1, 0));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void read_action(const char* words) {
  g_onwards = std::strchr(words, '+') != nullptr;
  if (std::strncmp(words, "kill", 4) == 0) {
    g_action = Action::kKill;
  } else if (std::strncmp(words, "short", 5) == 0) {
    g_action = Action::kShort;
  } else {
    g_action = Action::kError;
    g_error = std::strtol(words, nullptr, 10);
  }
}

__attribute__((constructor)) void start() {
  const char* calls = std::getenv("SB_FAULT_CALLS");
  if (calls == nullptr) return;
  if (const char* words = std::getenv("SB_FAULT_DO")) read_action(words);
  if (const char* at = std::getenv("SB_FAULT_AT")) g_at = std::strtol(at, nullptr, 10);
  if (const char* of = std::getenv("SB_FAULT_OF")) g_of = std::strtol(of, nullptr, 10);
  if (const char* path = std::getenv("SB_FAULT_LOG")) {
    const int low = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    g_log = ::fcntl(low, F_DUPFD_CLOEXEC, 500);  // out of the way of the program's own
    ::close(low);
  }
  for (const char* name : {"LD_PRELOAD", "SB_FAULT_CALLS"}) ::unsetenv(name);
  ::dl_iterate_phdr(note_sanitizer, nullptr);
  struct sigaction action{};
  action.sa_sigaction = on_call;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  ::sigaction(SIGSYS, &action, nullptr);
  if (!install(numbers_of(calls))) ::_exit(98);
}

}  // namespace
