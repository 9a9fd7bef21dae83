#include "exchange/msgpack.h"

#include <bit>

#include "core/decimal.h"
#include "exchange/json_text.h"
#include "formats/json.h"

namespace signalbus::exchange {
namespace {

constexpr int kDepthMax = 16;
constexpr std::size_t kJsonBytesMax = 1 << 20;

Error broken(std::string_view what) {
  return {ErrorCode::kInvalidInput, "msgpack: " + std::string(what)};
}

/// Reads one value after the other from the front of the bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<std::string> read() {
    std::string out;
    SB_TRY_OK(value(out, 0));
    if (!bytes_.empty()) return broken("bytes after the value");
    return out;
  }

 private:
  Result<std::uint64_t> number(std::size_t size) {
    if (bytes_.size() < size) return broken("cut off");
    std::uint64_t out = 0;
    for (std::size_t at = 0; at < size; ++at) {
      out = out << 8 | static_cast<unsigned char>(bytes_[at]);
    }
    bytes_.remove_prefix(size);
    return out;
  }

  Result<std::string_view> take(std::uint64_t size) {
    if (bytes_.size() < size) return broken("cut off");
    const std::string_view out = bytes_.substr(0, static_cast<std::size_t>(size));
    bytes_.remove_prefix(out.size());
    return out;
  }

  Status text(std::string& out, std::uint64_t size) {
    SB_TRY(const std::string_view bytes, take(size));
    append_json_string(out, bytes);
    return Ok{};
  }

  Status array(std::string& out, std::uint64_t count, int depth) {
    if (count > bytes_.size()) return broken("cut off");  // each element is a byte at least
    out += '[';
    for (std::uint64_t at = 0; at < count; ++at) {
      if (at > 0) out += ',';
      SB_TRY_OK(value(out, depth + 1));
    }
    out += ']';
    return Ok{};
  }

  Status map(std::string& out, std::uint64_t count, int depth) {
    if (count > bytes_.size() / 2) return broken("cut off");
    out += '{';
    for (std::uint64_t at = 0; at < count; ++at) {
      if (at > 0) out += ',';
      const std::size_t key = out.size();
      SB_TRY_OK(value(out, depth + 1));
      if (out[key] != '"') return broken("a key that is no text");
      out += ':';
      SB_TRY_OK(value(out, depth + 1));
    }
    out += '}';
    return Ok{};
  }

  Status extension(std::string& out, std::uint64_t size) {
    SB_TRY(const std::uint64_t type, number(1));
    SB_TRY(const std::string_view data, take(size));
    Reader inner(data);
    std::int64_t seconds = 0;
    std::uint64_t nanos = 0;
    if (type == 0xff && size == 4) {
      SB_TRY(const std::uint64_t value, inner.number(4));
      seconds = static_cast<std::int64_t>(value);
    } else if (type == 0xff && size == 8) {
      SB_TRY(const std::uint64_t value, inner.number(8));
      seconds = static_cast<std::int64_t>(value & 0x3ffffffffULL);
      nanos = value >> 34;
    } else if (type == 0xff && size == 12) {
      SB_TRY(nanos, inner.number(4));
      SB_TRY(const std::uint64_t value, inner.number(8));
      seconds = static_cast<std::int64_t>(value);
    } else {
      out += "null";  // an extension that nobody here knows
      return Ok{};
    }
    constexpr std::int64_t kSecondsMin = -2'208'988'800;  // 1900
    constexpr std::int64_t kSecondsMax = 7'258'118'400;   // 2200
    if (seconds > kSecondsMax || seconds < kSecondsMin || nanos > 999'999'999) {
      return broken("a time out of range");
    }
    out += '"';
    out += Instant::from_micros(seconds * 1'000'000 + static_cast<std::int64_t>(nanos / 1'000))
               .rfc3339();
    out += '"';
    return Ok{};
  }

  void real(std::string& out, double value) {
    const bool finite = value - value == 0.0;
    out += finite ? format_double(value) : std::string("null");
  }

  Status wide(std::string& out, std::uint64_t tag, int depth) {
    switch (tag) {
      case 0xc0:
        out += "null";
        return Ok{};
      case 0xc2:
        out += "false";
        return Ok{};
      case 0xc3:
        out += "true";
        return Ok{};
      case 0xca: {
        SB_TRY(const std::uint64_t bits, number(4));
        real(out, static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
        return Ok{};
      }
      case 0xcb: {
        SB_TRY(const std::uint64_t bits, number(8));
        real(out, std::bit_cast<double>(bits));
        return Ok{};
      }
      default:
        break;
    }
    if (tag >= 0xcc && tag <= 0xcf) {  // uint 8, 16, 32, 64
      SB_TRY(const std::uint64_t value, number(std::size_t{1} << (tag - 0xcc)));
      out += std::to_string(value);
      return Ok{};
    }
    if (tag >= 0xd0 && tag <= 0xd3) {  // int 8, 16, 32, 64
      const std::size_t size = std::size_t{1} << (tag - 0xd0);
      SB_TRY(const std::uint64_t value, number(size));
      const int shift = static_cast<int>(64 - 8 * size);
      out += std::to_string(static_cast<std::int64_t>(value << shift) >> shift);
      return Ok{};
    }
    if (tag >= 0xd4 && tag <= 0xd8) return extension(out, 1ULL << (tag - 0xd4));
    return sized(out, tag, depth);
  }

  /// Values whose length stands in bytes of its own.
  Status sized(std::string& out, std::uint64_t tag, int depth) {
    switch (tag) {
      case 0xc4:
      case 0xc5:
      case 0xc6: {  // bin 8, 16, 32: some encoders write texts so
        SB_TRY(const std::uint64_t size, number(std::size_t{1} << (tag - 0xc4)));
        return text(out, size);
      }
      case 0xc7:
      case 0xc8:
      case 0xc9: {
        SB_TRY(const std::uint64_t size, number(std::size_t{1} << (tag - 0xc7)));
        return extension(out, size);
      }
      case 0xd9:
      case 0xda:
      case 0xdb: {
        SB_TRY(const std::uint64_t size, number(std::size_t{1} << (tag - 0xd9)));
        return text(out, size);
      }
      case 0xdc:
      case 0xdd: {
        SB_TRY(const std::uint64_t count, number(tag == 0xdc ? 2 : 4));
        return array(out, count, depth);
      }
      case 0xde:
      case 0xdf: {
        SB_TRY(const std::uint64_t count, number(tag == 0xde ? 2 : 4));
        return map(out, count, depth);
      }
      default:
        return broken("a byte that begins nothing");
    }
  }

  Status value(std::string& out, int depth) {
    if (depth > kDepthMax) return broken("too deep");
    if (out.size() > kJsonBytesMax) return broken("too large");
    SB_TRY(const std::uint64_t tag, number(1));
    if (tag < 0x80) {
      out += std::to_string(tag);
      return Ok{};
    }
    if (tag < 0x90) return map(out, tag & 0x0f, depth);
    if (tag < 0xa0) return array(out, tag & 0x0f, depth);
    if (tag < 0xc0) return text(out, tag & 0x1f);
    if (tag >= 0xe0) {
      out += std::to_string(static_cast<std::int64_t>(tag) - 256);
      return Ok{};
    }
    return wide(out, tag, depth);
  }

  std::string_view bytes_;
};

/// Prices are always real, whole or not, as Alpaca sends them.
bool is_price(std::string_view key) {
  for (const std::string_view name : {"p", "ap", "bp", "o", "h", "l", "c", "vw"}) {
    if (key == name) return true;
  }
  return false;
}

void append_value(MsgpackWriter& writer, const formats::JsonValue& value, std::string_view name) {
  using formats::JsonKind;
  switch (value.kind()) {
    case JsonKind::kNull:
      writer.null();
      return;
    case JsonKind::kBoolean:
      writer.boolean(value.boolean().value());
      return;
    case JsonKind::kNumber: {
      const auto integer = value.integer();
      if (integer.ok() && !is_price(name)) {
        writer.integer(integer.value());
        return;
      }
      const auto real = parse_double(value.number().value());
      writer.real(real.ok() ? real.value() : 0.0);
      return;
    }
    case JsonKind::kString: {
      const std::string_view text = value.string().value();
      const auto instant = Instant::parse(text);
      if (name == "t" && instant.ok()) {
        writer.time(instant.value());
      } else {
        writer.text(text);
      }
      return;
    }
    case JsonKind::kArray: {
      const auto items = value.items().value();
      writer.array(items.size());
      for (const formats::JsonValue& item : items) append_value(writer, item, {});
      return;
    }
    case JsonKind::kObject: {
      const auto members = value.members().value();
      writer.map(members.size());
      for (const auto& [key, member] : members) {
        writer.text(key);
        append_value(writer, member, key);
      }
      return;
    }
  }
}

}  // namespace

Result<std::string> msgpack_to_json(std::string_view bytes) { return Reader(bytes).read(); }

std::string json_to_msgpack(std::string_view json) {
  const auto document = formats::parse_json(json, "message", 1ULL << 30);  // ours: no limit
  SB_CHECK(document.ok());
  std::string out;
  MsgpackWriter writer(out);
  append_value(writer, document.value().root(), {});
  return out;
}

void MsgpackWriter::big_endian(std::uint64_t value, int bytes) {
  for (int at = bytes - 1; at >= 0; --at) byte(static_cast<unsigned>(value >> (8 * at) & 0xff));
}

void MsgpackWriter::head(std::size_t count, unsigned fix, unsigned wide) {
  if (count < 16) {
    byte(fix | static_cast<unsigned>(count));
  } else if (count < 65'536) {
    byte(wide);
    big_endian(count, 2);
  } else {
    byte(wide + 1);
    big_endian(count, 4);
  }
}

MsgpackWriter& MsgpackWriter::array(std::size_t count) {
  head(count, 0x90, 0xdc);
  return *this;
}

MsgpackWriter& MsgpackWriter::map(std::size_t count) {
  head(count, 0x80, 0xde);
  return *this;
}

MsgpackWriter& MsgpackWriter::text(std::string_view text) {
  if (text.size() < 32) {
    byte(0xa0 | static_cast<unsigned>(text.size()));
  } else if (text.size() < 256) {
    byte(0xd9);
    big_endian(text.size(), 1);
  } else if (text.size() < 65'536) {
    byte(0xda);
    big_endian(text.size(), 2);
  } else {
    byte(0xdb);
    big_endian(text.size(), 4);
  }
  out_ += text;
  return *this;
}

MsgpackWriter& MsgpackWriter::integer(std::int64_t value) {
  if (value >= 0 && value < 128) {
    byte(static_cast<unsigned>(value));
  } else if (value < 0 && value >= -32) {
    byte(static_cast<unsigned>(value & 0xff));
  } else if (value >= 0 && value <= 0xffffffffLL) {
    const int bytes = value <= 0xff ? 1 : value <= 0xffff ? 2 : 4;
    byte(bytes == 1 ? 0xcc : bytes == 2 ? 0xcd : 0xce);
    big_endian(static_cast<std::uint64_t>(value), bytes);
  } else {
    byte(0xd3);
    big_endian(static_cast<std::uint64_t>(value), 8);
  }
  return *this;
}

MsgpackWriter& MsgpackWriter::real(double value) {
  byte(0xcb);
  big_endian(std::bit_cast<std::uint64_t>(value), 8);
  return *this;
}

MsgpackWriter& MsgpackWriter::boolean(bool value) {
  byte(value ? 0xc3 : 0xc2);
  return *this;
}

MsgpackWriter& MsgpackWriter::null() {
  byte(0xc0);
  return *this;
}

MsgpackWriter& MsgpackWriter::time(Instant instant) {
  std::int64_t seconds = instant.micros() / 1'000'000;
  std::int64_t micros = instant.micros() % 1'000'000;
  if (micros < 0) {
    micros += 1'000'000;
    --seconds;
  }
  byte(0xd7);
  byte(0xff);
  big_endian(static_cast<std::uint64_t>(micros * 1'000) << 34 |
                 (static_cast<std::uint64_t>(seconds) & 0x3ffffffffULL),
             8);
  return *this;
}

}  // namespace signalbus::exchange
