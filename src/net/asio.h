// How this folder takes Asio and Beast in: compiled once, in boost.cc. For this folder's .cc alone;
// include it before any other header of theirs.
#pragma once

#define BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_BEAST_SEPARATE_COMPILATION
#define BOOST_ASIO_NO_DEPRECATED
