// Journals of schema 1: their tables become those of today, their two chains become the one.
#pragma once

#include "core/result.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// Verifies both chains and renames the tables out of the way. kStorage naming the first row that
/// is not what was recorded: what was tampered with must not get a good hash. In a transaction.
Status put_schema1_aside(Sqlite& database);

/// Copies the rows into today's tables, chains them and drops the old ones. In the same
/// transaction.
Status take_schema1_over(Sqlite& database);

}  // namespace signalbus::storage
