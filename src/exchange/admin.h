// The admin paths: the truth for tests, and what moves the simulated world. Loopback only.
#pragma once

#include <string_view>

#include "exchange/service.h"

namespace signalbus::exchange {

/// 403 for peers from elsewhere, for a Host that is no loopback name, and for pages of others.
net::HttpResponse admin_answer(Service& service, const net::HttpRequest& request,
                               std::string_view path, bool loopback);

}  // namespace signalbus::exchange
