# SPDX-License-Identifier: MIT
# Makes one page of report.html, report.css and the scripts, and a C++ source of it. Run at build time:
#   cmake -D FOLDER=<of them> -D SCRIPTS=a.js,b.js -D OUTPUT=page.cpp -P PoiseEmbedPage.cmake
# The scripts become one, in that order. In the page, {{style}} and {{script}} are replaced by the files, {{style-hash}} and {{script-hash}} by what its
# Content-Security-Policy needs to let them through, sha256-<base64>. {{data}} is where the program puts its data.
cmake_minimum_required(VERSION 3.25)

# sha256_source(TEXT RESULT): the hash of an inline script as a policy writes it.
function(sha256_source text result)
  set(letters ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  string(SHA256 hex "${text}")
  string(APPEND hex 00)  # 32 bytes are no multiple of 3: the last letter is padding
  set(base64 "")
  foreach(at RANGE 0 63 6)
    string(SUBSTRING "${hex}" ${at} 6 three_bytes)
    foreach(shift IN ITEMS 18 12 6 0)
      math(EXPR letter "(0x${three_bytes} >> ${shift}) & 63")
      string(SUBSTRING ${letters} ${letter} 1 letter)
      string(APPEND base64 "${letter}")
    endforeach()
  endforeach()
  string(SUBSTRING "${base64}" 0 43 base64)
  set(${result} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

# literals(TEXT RESULT): the text as elements of an array, cut at line ends into pieces below 32 KiB.
function(literals text result)
  set(pieces "")
  while(NOT text STREQUAL "")
    string(LENGTH "${text}" length)
    set(cut ${length})
    if(length GREATER 30000)
      string(SUBSTRING "${text}" 0 30000 head)
      string(FIND "${head}" "\n" cut REVERSE)
      math(EXPR cut "${cut} + 1")
      if(cut EQUAL 0)
        message(FATAL_ERROR "a line of the page is longer than 30000 bytes: break it")
      endif()
    endif()
    string(SUBSTRING "${text}" 0 ${cut} head)
    string(SUBSTRING "${text}" ${cut} -1 text)
    string(APPEND pieces "    R\"poise_page(${head})poise_page\",\n")
  endwhile()
  set(${result} "${pieces}" PARENT_SCOPE)
endfunction()

file(READ "${FOLDER}/report.html" page)
file(READ "${FOLDER}/report.css" style)
set(script "(() => {\n\"use strict\";\n")
string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
foreach(name IN LISTS SCRIPTS)
  file(READ "${FOLDER}/${name}" text)
  string(APPEND script "${text}")
endforeach()
string(APPEND script "})();\n")
sha256_source("${style}" style_hash)
sha256_source("${script}" script_hash)
string(REPLACE "{{style-hash}}" "${style_hash}" page "${page}")
string(REPLACE "{{script-hash}}" "${script_hash}" page "${page}")
string(REPLACE "{{style}}" "${style}" page "${page}")
string(REPLACE "{{script}}" "${script}" page "${page}")
string(FIND "${page}" "{{data}}" before)
string(LENGTH "{{data}}" length)
math(EXPR after "${before} + ${length}")
string(SUBSTRING "${page}" 0 ${before} before_data)
string(SUBSTRING "${page}" ${after} -1 after_data)
literals("${before_data}" before_data)
literals("${after_data}" after_data)
file(WRITE "${OUTPUT}" "// Made by PoiseEmbedPage.cmake of what is in src/profile/html/page.
#include \"profile/html/page.hpp\"

namespace poise::profile::detail {
namespace {

constexpr std::string_view before[] = {
${before_data}};
constexpr std::string_view after[] = {
${after_data}};

}  // namespace

std::span<std::string_view const> const page_before_data{before};
std::span<std::string_view const> const page_after_data{after};

}  // namespace poise::profile::detail
")
