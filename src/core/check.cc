#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace signalbus {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr,
               "signalbus: internal check failed: %s (%s:%d); please report this as a bug\n",
               condition, file, line);
  std::abort();
}

}  // namespace signalbus
