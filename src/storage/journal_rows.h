// Values of the journal to columns and back, and the text over which its hash chains run.
#pragma once

#include <string>
#include <string_view>

#include "book/orders.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// The columns that the functions below bind and read, in this order, from column `first` on.
inline constexpr int kBatchColumns = 7;    // mode account run_date number state plan_hash opened_at
inline constexpr int kIntentColumns = 16;  // client_order_id sequence attempt state asset_id symbol
                                           // side quantity type take_profit stop_loss limit_price
                                           // ref_price notional time_in_force purpose
inline constexpr int kEventColumns = 10;   // client_order_id state order_id filled_qty
                                           // filled_avg_price price_used submitted_at updated_at
                                           // reject_code error

void bind_intent(Query& query, const Intent& intent);
/// Without the client order id, which the table holds as a reference.
void bind_event(Query& query, const OrderEvent& event);
void bind_fill(Query& query, const Fill& fill);

/// An error means that the row was not written by this program.
Result<Batch> read_batch(const Query& row, int first);
Result<Intent> read_intent(const Query& row, int first);
Result<OrderEvent> read_event(const Query& row, int first);
/// execution_id order_id client_order_id symbol side quantity price at.
Result<Fill> read_fill(const Query& row, int first);

/// Where a row belongs, as part of its chain text: it cannot be moved to another batch unseen.
std::string chain_place(const Batch& batch);

/// What the hash of a row covers. Each field stands as `<size>:<text>,`, so that no two different
/// rows have the same text.
std::string chain_text(std::string_view prev_hash, std::string_view place, const OrderEvent& event);
std::string chain_text(std::string_view prev_hash, std::string_view place, const Fill& fill);

}  // namespace signalbus::storage
