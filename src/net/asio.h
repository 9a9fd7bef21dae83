// How this folder takes Asio and Beast in: compiled once, in boost.cc. For this folder's .cc alone;
// include it before any other header of theirs.
#pragma once

// NOLINTBEGIN(readability-identifier-naming): the names are theirs
#define BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_BEAST_SEPARATE_COMPILATION
#define BOOST_ASIO_NO_DEPRECATED
// NOLINTEND(readability-identifier-naming)
