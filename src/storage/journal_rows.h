// Values of the journal to columns and back.
#pragma once

#include "book/orders.h"
#include "storage/journal_chain.h"
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

/// Add the columns after the reference to the row that they belong to, in the table's order.
void add_intent(Link& link, const Intent& intent);
void add_event(Link& link, const OrderEvent& event);
void add_fill(Link& link, const Fill& fill);

/// An error means that the row was not written by this program.
Result<Batch> read_batch(const Query& row, int first);
Result<Intent> read_intent(const Query& row, int first);
Result<OrderEvent> read_event(const Query& row, int first);
/// execution_id order_id client_order_id symbol side quantity price at.
Result<Fill> read_fill(const Query& row, int first);

/// state reason author at.
Result<ControlRecord> read_control(const Query& row, int first);
/// from_strategy to_strategy symbol quantity price cash reason.
Result<SleeveMove> read_move(const Query& row, int first);
/// rule reason author at expires_at.
Result<Override> read_override(const Query& row, int first);
/// difference reason author at.
Result<Acknowledgement> read_acknowledgement(const Query& row, int first);

}  // namespace signalbus::storage
