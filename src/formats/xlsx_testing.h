// Packages made by tests and by the fuzzer: a workbook with one sheet, every part replaceable.
#pragma once

#include <zip.h>

#include <map>
#include <memory>
#include <string>

#include "core/check.h"

namespace signalbus::formats::testing_xlsx {

using Parts = std::map<std::string, std::string>;

inline constexpr const char* kOfficeRelationships =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

inline std::string relationship(const std::string& id, const std::string& type,
                                const std::string& target) {
  return "<Relationship Id='" + id + "' Type='" + kOfficeRelationships + type + "' Target='" +
         target + "'/>";
}

inline std::string relationships(const std::string& inner) {
  return "<Relationships>" + inner + "</Relationships>";
}

inline std::string worksheet(const std::string& rows) {
  return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>";
}

/// Sheet1 with these rows; styles: 0 plain, 1 the built-in date 14, 2 yyyy-mm-dd hh:mm.
inline Parts workbook(const std::string& rows) {
  return {
      {"_rels/.rels", relationships(relationship("rId1", "officeDocument", "xl/workbook.xml"))},
      {"xl/workbook.xml",
       "<workbook xmlns:r='r'><sheets><sheet name='Sheet1' sheetId='1' "
       "r:id='rId1'/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       relationships(relationship("rId1", "worksheet", "worksheets/sheet1.xml") +
                     relationship("rId2", "styles", "styles.xml") +
                     relationship("rId3", "sharedStrings", "sharedStrings.xml"))},
      {"xl/styles.xml",
       "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd hh:mm'/></numFmts>"
       "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
       "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/></cellXfs></styleSheet>"},
      {"xl/sharedStrings.xml",
       "<sst><si><t>date</t></si><si><r><t>as</t></r><r><rPr/><t>set</t></r>"
       "<rPh sb='0' eb='1'><t>NO</t></rPh></si><si><t xml:space='preserve'> a_x0041_&amp; </t></si>"
       "</sst>"},
      {"xl/worksheets/sheet1.xml", worksheet(rows)},
  };
}

/// The parts as the bytes of a ZIP file.
inline std::shared_ptr<const std::string> zipped(const Parts& parts,
                                                 const char* password = nullptr) {
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  SB_CHECK(source != nullptr);
  zip_source_keep(source);  // zip_close frees one reference
  zip_t* archive = zip_open_from_source(source, ZIP_TRUNCATE, nullptr);
  SB_CHECK(archive != nullptr);
  for (const auto& [name, bytes] : parts) {
    zip_source_t* part = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), part, ZIP_FL_OVERWRITE);
    SB_CHECK(index >= 0);
    if (password == nullptr) continue;
    SB_CHECK(zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256,
                                     password) == 0);
  }
  SB_CHECK(zip_close(archive) == 0);
  zip_stat_t stat;
  SB_CHECK(zip_source_stat(source, &stat) == 0 && zip_source_open(source) == 0);
  auto out = std::make_shared<std::string>(stat.size, '\0');
  SB_CHECK(zip_source_read(source, out->data(), out->size()) ==
           static_cast<zip_int64_t>(out->size()));
  zip_source_close(source);
  zip_source_free(source);
  return out;
}

}  // namespace signalbus::formats::testing_xlsx
