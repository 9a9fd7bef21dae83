#include "exchange/routes.h"

#include <array>

namespace signalbus::exchange {
namespace {

constexpr std::array kRoutes = {
    // The busiest first: the table is searched from the top.
    Route{"POST", "/v2/orders", post_order},
    Route{"GET", "/v2/orders", get_orders},
    Route{"GET", "/v2/orders/{}", get_order},
    Route{"GET", "/v2/orders:by_client_order_id", get_order_by_client_id},
    Route{"PATCH", "/v2/orders/{}", patch_order},
    Route{"DELETE", "/v2/orders/{}", delete_order},
    Route{"DELETE", "/v2/orders", delete_orders},
    Route{"GET", "/v2/account", get_account},
    Route{"GET", "/v2/positions", get_positions},
    Route{"GET", "/v2/positions/{}", get_position},
    Route{"DELETE", "/v2/positions/{}", delete_position},
    Route{"DELETE", "/v2/positions", delete_positions},
    Route{"GET", "/v2/clock", get_clock},
    Route{"GET", "/v2/calendar", get_calendar},
    Route{"GET", "/v2/assets", get_assets},
    Route{"GET", "/v2/assets/{}", get_asset},
    Route{"GET", "/v2/account/configurations", get_configuration},
    Route{"PATCH", "/v2/account/configurations", patch_configuration},
    Route{"GET", "/v2/account/activities", get_activities},
    Route{"GET", "/v2/account/activities/{}", get_activities_of_type},
    Route{"GET", "/v2/account/portfolio/history", get_portfolio_history},
    Route{"GET", "/v2/corporate_actions/announcements", get_announcements},
    Route{"GET", "/v2/corporate_actions/announcements/{}", get_announcement},
    Route{"GET", "/v1/corporate-actions", get_corporate_actions},
    // Words before `{}`: `/v2/stocks/bars/latest` is no symbol.
    Route{"GET", "/v2/stocks/snapshots", get_snapshots},
    Route{"GET", "/v2/stocks/bars", get_bars},
    Route{"GET", "/v2/stocks/trades", get_trades},
    Route{"GET", "/v2/stocks/quotes", get_quotes},
    Route{"GET", "/v2/stocks/auctions", get_auctions},
    Route{"GET", "/v2/stocks/bars/latest", get_latest_bars},
    Route{"GET", "/v2/stocks/trades/latest", get_latest_trades},
    Route{"GET", "/v2/stocks/quotes/latest", get_latest_quotes},
    Route{"GET", "/v2/stocks/meta/exchanges", get_meta_exchanges},
    Route{"GET", "/v2/stocks/meta/conditions/{}", get_meta_conditions},
    Route{"GET", "/v2/stocks/{}/bars", get_symbol_bars},
    Route{"GET", "/v2/stocks/{}/trades", get_symbol_trades},
    Route{"GET", "/v2/stocks/{}/quotes", get_symbol_quotes},
    Route{"GET", "/v2/stocks/{}/snapshot", get_symbol_snapshot},
    Route{"GET", "/v2/stocks/{}/bars/latest", get_symbol_latest_bar},
    Route{"GET", "/v2/stocks/{}/trades/latest", get_symbol_latest_trade},
    Route{"GET", "/v2/stocks/{}/quotes/latest", get_symbol_latest_quote},
};

/// The next segment of a path, which loses it; the slash before it included.
std::string_view cut_segment(std::string_view& path) {
  const std::size_t end = path.find('/', 1);
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(segment.size());
  return segment;
}

bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& captured) {
  captured.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = cut_segment(pattern);
    const std::string_view found = cut_segment(path);
    if (wanted == "/{}") {
      auto decoded = net::path_decoded(found.substr(1));
      if (!decoded.ok() || decoded.value().empty()) return false;
      captured.push_back(std::move(decoded).value());
    } else if (wanted != found) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

RouteMatch find_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  std::string decoded;
  if (path.find('%') != std::string_view::npos && path.find("%3A") != std::string_view::npos) {
    decoded = path;  // some clients write the colon of `orders:by_client_order_id` as %3A
    const std::size_t at = decoded.find("%3Aby_client_order_id");
    if (at != std::string::npos) decoded.replace(at, 3, ":");
    path = decoded;
  }
  for (const Route& route : kRoutes) {
    if (!matches(route.pattern, path, match.captured)) continue;
    match.path_known = true;
    if (route.method != method) continue;
    match.route = &route;
    return match;
  }
  return match;
}

}  // namespace signalbus::exchange
