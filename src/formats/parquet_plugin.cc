// Loading: dlopen once per process. The plug-in is never unloaded; Arrow does not support it.
#include "formats/parquet_plugin.h"

#include <dlfcn.h>

#include <future>
#include <string>

#include "formats/find_plugin.h"
#include "formats/parquet.h"

namespace signalbus::formats {
namespace {

constexpr const char* kFile = "libsignalbus_parquet.so";

// LAZY: of Arrow's 25,000 functions we call a few hundred. DEEPBIND: its 19,000 symbols are looked
// up in its own libraries before ours, a seventh of the loading time; address sanitizer cannot work
// so.
#ifdef __SANITIZE_ADDRESS__
constexpr int kOpenFlags = RTLD_LAZY | RTLD_LOCAL;
#else
constexpr int kOpenFlags = RTLD_LAZY | RTLD_LOCAL | RTLD_DEEPBIND;
#endif

Result<const plugin::Surface*> load() {
  const std::string path = find_plugin(kFile);
  const auto fail = [&](const std::string& why) {
    return Error{ErrorCode::kStorage, path + ": the Parquet plug-in does not load: " + why +
                                          "; install it beside the program, or use CSV"};
  };
  void* library = dlopen(path.c_str(), kOpenFlags);
  if (library == nullptr) return fail(dlerror());
  void* symbol = dlsym(library, plugin::kSurfaceSymbol);
  if (symbol == nullptr) return fail("it has no " + std::string(plugin::kSurfaceSymbol));
  const plugin::Surface* surface = reinterpret_cast<plugin::SurfaceFunction>(symbol)();
  if (surface->version != plugin::kSurfaceVersion) {
    return fail("its version is " + std::to_string(surface->version) + ", this program's " +
                std::to_string(plugin::kSurfaceVersion));
  }
  return surface;
}

using Loaded = Result<const plugin::Surface*>;

/// The first caller decides whether loading runs on a thread of its own or inside the first get().
const std::shared_future<Loaded>& loading(std::launch policy) {
  static const std::shared_future<Loaded> future = std::async(policy, load).share();
  return future;
}

}  // namespace

Result<const plugin::Surface*> parquet_plugin() { return loading(std::launch::deferred).get(); }

ParquetPreload::ParquetPreload() { (void)loading(std::launch::async); }

ParquetPreload::~ParquetPreload() { loading(std::launch::async).wait(); }

}  // namespace signalbus::formats
