// SPDX-License-Identifier: MIT
#include "snapshots.hpp"
#include "support/expect_message.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/profile/json.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace poise::profile {
namespace {

using poise_test::expect_message;

// The number of members of an aggregate: how many initialisers it takes.
struct anything {
    template <class T>
    operator T() const;
};
template <class T, class... Given>
consteval std::size_t n_members() {
    if constexpr (requires { T{Given{}..., anything{}}; })
        return n_members<T, Given..., anything>();
    else
        return sizeof...(Given);
}
struct counting {
    std::size_t n = 0;
    void operator()(char const*, auto const&) { ++n; }
    void optional(char const*, auto const&) { ++n; }
};
template <class T>
std::size_t n_fields() {
    counting count;
    T const value{};
    detail::fields_of<T>::visit(count, value);
    return count.n;
}

TEST(ProfileJson, HasEveryMemberOfTheSnapshot) {
    EXPECT_EQ(n_fields<snapshot>(), n_members<snapshot>());
    EXPECT_EQ(n_fields<scope_statistics>(), n_members<scope_statistics>());
    EXPECT_EQ(n_fields<thread_statistics>(), n_members<thread_statistics>());
    EXPECT_EQ(n_fields<source_frame>(), n_members<source_frame>());
    EXPECT_EQ(n_fields<function_statistics>(), n_members<function_statistics>());
    EXPECT_EQ(n_fields<sampled_profile>(), n_members<sampled_profile>());
    EXPECT_EQ(n_fields<allocation_site>(), n_members<allocation_site>());
    EXPECT_EQ(n_fields<memory_point>(), n_members<memory_point>());
    EXPECT_EQ(n_fields<memory_usage>(), n_members<memory_usage>());
    EXPECT_EQ(n_fields<metric>(), n_members<metric>());
    EXPECT_EQ(n_fields<metric_label>(), n_members<metric_label>());
    EXPECT_EQ(n_fields<histogram_statistics>(), n_members<histogram_statistics>());
    EXPECT_EQ(n_fields<histogram_bucket>(), n_members<histogram_bucket>());
    EXPECT_EQ(n_fields<interval>(), n_members<interval>());
    EXPECT_EQ(n_fields<measurement>(), n_members<measurement>());
    EXPECT_EQ(n_fields<contender>(), n_members<contender>());
    EXPECT_EQ(n_fields<comparison>(), n_members<comparison>());
}

TEST(ProfileJson, ReadsBackWhatItWrote) {
    snapshot const written = full_snapshot();
    snapshot const read = from_json(to_json(written));
    EXPECT_TRUE(read == written);
    EXPECT_EQ(to_json(read), to_json(written));
    EXPECT_TRUE(from_json(to_json({})) == snapshot{});
}

TEST(ProfileJson, IsAFile) {
    poise_test::temporary_folder const folder;
    snapshot const written = full_snapshot();
    write_json(folder.path("p.json"), written);
    EXPECT_TRUE(read_json(folder.path("p.json")) == written);
    EXPECT_EQ(folder.n_entries(), 1);
    expect_message<file_error>([&] { write_json(folder.path("none/p.json"), written); }, "none/p.json");
    expect_message<file_error>([&] { (void)read_json(folder.path("none.json")); }, "cannot be opened for reading");
    expect_message<file_error>([&] { (void)read_json(folder.path()); }, "is not a regular file");
    expect_message<file_error>([&] { (void)read_json("/dev/zero"); }, "is not a regular file");
}

TEST(ProfileJson, KeepsNumbersExact) {
    snapshot s;
    s.calls = std::numeric_limits<std::uint64_t>::max();
    s.measurements.resize(1);
    s.measurements[0].slices_s = {0.1,  1.0 / 3.0, 5e-324, 1.7976931348623157e308, 1e22, 9007199254740993.0,
                                  1e19, -3.0,      -0.0};
    snapshot const read = from_json(to_json(s));
    EXPECT_EQ(read.calls, s.calls);
    EXPECT_EQ(read.measurements[0].slices_s, s.measurements[0].slices_s);
    EXPECT_TRUE(std::signbit(read.measurements[0].slices_s.back()));
}

TEST(ProfileJson, WritesWhatIsNotFiniteAsText) {
    double const infinity = std::numeric_limits<double>::infinity();
    snapshot s;
    s.metrics = {{"a", metric_kind::gauge, infinity},
                 {"b", metric_kind::gauge, -infinity},
                 {"c", metric_kind::gauge, std::nan("")}};
    snapshot const read = from_json(to_json(s));
    EXPECT_EQ(read.metrics[0].value, infinity);
    EXPECT_EQ(read.metrics[1].value, -infinity);
    EXPECT_TRUE(std::isnan(read.metrics[2].value));
}

TEST(ProfileJson, TakesNamesOfAnyBytes) {
    snapshot s;
    s.root.name = std::string{"\0\x01\x1f\x7f\"\\/\n", 9};
    s.clock = "</script><!-- é";
    s.threads = {{0, "\xff\xc0", {}}};
    std::string const text = to_json(s);
    EXPECT_EQ(text.find('<'), std::string::npos);
    snapshot const read = from_json(text);
    EXPECT_EQ(read.root.name, s.root.name);
    EXPECT_EQ(read.clock, s.clock);
    EXPECT_EQ(read.threads[0].name, "\xef\xbf\xbd\xef\xbf\xbd");
}

// The text with `what` replaced where it stands first.
std::string with(std::string text, std::string_view what, std::string_view by) {
    auto const at = text.find(what);
    if (at == std::string::npos) throw std::logic_error{"there is no " + std::string{what}};
    return text.replace(at, what.size(), by);
}

TEST(ProfileJson, IgnoresUnknownFields) {
    std::string const text = to_json(full_snapshot());
    EXPECT_TRUE(from_json(with(text, "\"wall_s\"", R"("new":{"deep":[1,null,{"wall_s":"x"}],"version":7},"wall_s")")) ==
                full_snapshot());
    EXPECT_TRUE(from_json(with(text, "{\"name\"", R"({"new":[],"schema":"other","name")")) == full_snapshot());
}

TEST(ProfileJson, TakesFieldsInAnyOrder) {
    auto document = nlohmann::json::parse(to_json(full_snapshot()));  // sorts them: "version" is the last but one
    EXPECT_TRUE(from_json(document.dump()) == full_snapshot());
}

TEST(ProfileJson, RefusesOtherSchemasAndVersions) {
    poise_test::temporary_folder const folder;
    std::string const text = to_json({});
    auto const refused = [&](std::string const& content, std::string const& message) {
        expect_message<format_error>([&] { (void)from_json(content); }, message);
    };
    std::string const newer = folder.write("newer.json", with(text, "\"version\":1", "\"version\":2"));
    expect_message<format_error>([&] { (void)read_json(newer); },
                                 newer +
                                     " is a profile of version 2, expected 1; read it with the poise that wrote it, "
                                     "or write it again with this one");
    // A newer version may have other types and other fields: the version is what must be said.
    refused(R"({"wall_s":"long","version":2,"schema":"poise-profile"})", "version 2, expected 1");
    refused(with(text, "\"version\":1", "\"version\":\"1\""), "no \"version\" that is a whole number");
    refused(with(text, "\"version\":1,", ""), "no \"version\"");
    refused(with(text, "poise-profile", "speedscope"),
            R"(is no poise profile: "schema" is "speedscope", expected "poise-profile")");
    refused(R"({"traceEvents":[]})", "\"schema\" is missing");
    refused("[]", "\"schema\" is missing");
    refused("3", "\"schema\" is missing");
}

TEST(ProfileJson, RefusesDamagedFilesAndSaysWhere) {
    std::string const text = to_json(snapshot_of(2.0, {scope_of("solve", 3, 1.5)}));
    auto const refused = [](std::string const& content, std::string const& message) {
        expect_message<format_error>([&] { (void)from_json(content); }, message);
    };
    refused("", "is not JSON, or is cut short, at byte");
    refused("profile of everything", "is not JSON");
    refused(text + "x", "is not JSON");
    refused(with(text, "\"wall_s\":2", "\"wall_s\":NaN"), "is not JSON");
    refused(with(text, "\"wall_s\":2", "\"wall_s\":1e999"), "is not JSON");
    refused(with(text, "solve", "so\xfflve"), "is not JSON");
    refused(with(text, "\"wall_s\":2", "\"wall_s\":\"2\""),
            R"(is damaged at /wall_s: found the string "2", expected a number)");
    refused(with(text, "\"wall_s\":2", "\"wall_s\":null"), "/wall_s: found null, expected a number");
    refused(with(text, "\"wall_s\":2", "\"wall_s\":{}"), "/wall_s: found an object, expected a number");
    refused(with(text, "\"wall_s\":2,", ""), "is damaged at /: the field \"wall_s\" is missing");
    refused(with(text, "\"wall_s\":2", "\"wall_s\":2,\"wall_s\":2"), "/wall_s: the field is given twice");
    refused(with(text, "\"calls\":3", "\"calls\":-3"),
            "/root/children/0/calls: found a negative number, expected a whole");
    refused(with(text, "\"calls\":3", "\"calls\":3.5"), "/root/children/0/calls: found a number");
    refused(with(text, "\"calls\":3", "\"calls\":18446744073709551616"), "/root/children/0/calls: found a number");
    refused(with(text, "\"line\":0", "\"line\":4294967296"),
            "/root/line: found a whole number, expected a whole number from 0 to 4294967295");
    refused(with(text, "\"phase\"", "\"faze\""),
            R"(/root/kind: found the string "faze", expected one of "phase", "task")");
    refused(with(text, "\"demoted\":false", "\"demoted\":0"),
            "/root/demoted: found a whole number, expected true or false");
    refused(with(text, "\"threads\":[", "\"threads\":[[],"), "/threads/0: found an array, expected an object");
    refused(with(text, "\"children\":[", "\"children\":[{},"), "/root/children/0: the field \"name\" is missing");
    refused(with(text, "\"metrics\":[]", "\"metrics\":{}"), "/metrics: found an object, expected an array");
}

TEST(ProfileJson, RefusesHistogramsThatAreNone) {
    snapshot s;
    s.metrics = {{"a", metric_kind::histogram, 0.0, {}, {2, 4.0, 1.0, 3.0, 1.0, 3.0, 3.0, {{1.0, 1}, {3.0, 2}}}, {}}};
    std::string const text = to_json(s);
    EXPECT_TRUE(from_json(text) == s);
    auto const refused = [&](std::string_view what, std::string_view by, std::string const& message) {
        expect_message<format_error>([&] { (void)from_json(with(text, what, by)); },
                                     "/metrics/0/histogram: " + message);
    };
    refused("\"upper\":3", "\"upper\":\"NaN\"", "the buckets of the histogram are not in ascending order");
    refused("\"upper\":3", "\"upper\":1", "the buckets of the histogram are not in ascending order");
    refused("\"upper\":1", "\"upper\":-1", "the buckets of the histogram are not in ascending order");
    refused("\"cumulative_count\":2", "\"cumulative_count\":1", "the buckets");
    refused("\"cumulative_count\":2", "\"cumulative_count\":3",
            "the last bucket of the histogram does not hold its count");
}

TEST(ProfileJson, RefusesEveryTruncation) {
    std::string text = to_json(snapshot_of(2.0, {scope_of("solve", 3, 1.5)}));
    while (text.ends_with('\n')) text.pop_back();
    for (std::size_t length = 0; length < text.size(); ++length)
        EXPECT_THROW((void)from_json(text.substr(0, length)), format_error) << length;
}

TEST(ProfileJson, RefusesBracketsWithoutEnd) {
    std::string const text = to_json({});
    constexpr std::size_t n = 1'000'000;
    std::string const ignored = "\"new\":" + std::string(n, '[') + std::string(n, ']') + ",\"wall_s\"";
    expect_message<format_error>([&] { (void)from_json(with(text, "\"wall_s\"", ignored)); },
                                 "brackets within each other");
    expect_message<format_error>([&] { (void)from_json(std::string(n, '[')); }, "\"schema\" is missing");
    expect_message<format_error>([&] { (void)from_json("{\"a\":" + std::string(n, '[')); }, "\"schema\" is missing");
}

snapshot chain(std::size_t n_levels) {
    snapshot s;
    scope_statistics* last = &s.root;
    while (--n_levels != 0) last = &last->children.emplace_back();
    return s;
}

TEST(ProfileJson, HoldsAThousandLevels) {
    EXPECT_TRUE(from_json(to_json(chain(1000))) == chain(1000));
    expect_message<std::invalid_argument>([] { (void)to_json(chain(1001)); }, "more than 1000 levels");
}

// The part of JSON Schema that docs/profile-schema.json uses; and no field without a description.
class validator {
public:
    explicit validator(nlohmann::json const& schema) : root_{schema} {}

    void check(nlohmann::json const& value, nlohmann::json const& schema, std::string const& where) const {
        if (schema.contains("$ref"))
            return check(value, root_.at("$defs").at(schema["$ref"].get<std::string>().substr(8)), where);
        if (schema.contains("const")) {
            EXPECT_EQ(value, schema["const"]) << where;
        }
        if (schema.contains("enum")) {
            EXPECT_NE(std::ranges::count(schema["enum"], value), 0) << where << ' ' << value;
        }
        if (schema.contains("type")) check_type(value, schema["type"].get<std::string>(), where);
        if (schema.contains("anyOf")) {  // of numbers and the names of what is not finite
            EXPECT_TRUE(value.is_number() || value.is_string()) << where;
        }
        if (schema.contains("minimum")) {
            EXPECT_GE(value, schema["minimum"]) << where;
        }
        if (schema.contains("items"))
            for (std::size_t i = 0; i < value.size(); ++i)
                check(value[i], schema["items"], where + "/" + std::to_string(i));
        if (schema.contains("properties")) check_object(value, schema, where);
    }

private:
    static void check_type(nlohmann::json const& value, std::string const& type, std::string const& where) {
        bool const is = type == "integer" ? value.is_number_integer() : type == value.type_name();
        EXPECT_TRUE(is) << where << " is " << value.type_name() << ", not " << type;
    }
    void check_object(nlohmann::json const& value, nlohmann::json const& schema, std::string const& where) const {
        for (auto const& name : schema.at("required"))
            EXPECT_TRUE(value.contains(name.get<std::string>())) << where << " lacks " << name;
        for (auto const& [name, member] : value.items()) {
            ASSERT_TRUE(schema["properties"].contains(name)) << where << '/' << name << " is not described";
            check(member, schema["properties"][name], where + "/" + name);
        }
    }

    nlohmann::json const& root_;
};

TEST(ProfileJson, IsWhatItsSchemaSays) {
    auto const schema = nlohmann::json::parse(poise_test::content_of(POISE_DOCS "/profile-schema.json"));
    validator const valid{schema};
    valid.check(nlohmann::json::parse(to_json(full_snapshot())), schema, "");
    valid.check(nlohmann::json::parse(to_json({})), schema, "");
}

TEST(ProfileJson, HasAPageThatNamesEveryField) {
    auto const schema = nlohmann::json::parse(poise_test::content_of(POISE_DOCS "/profile-schema.json"));
    std::string const page = poise_test::content_of(POISE_DOCS "/profile-schema.md");
    auto const check = [&](nlohmann::json const& object) {
        if (!object.contains("properties")) return;
        for (auto const& [name, member] : object["properties"].items())
            EXPECT_NE(page.find('`' + name + '`'), std::string::npos) << name;
    };
    check(schema);
    for (auto const& [name, definition] : schema.at("$defs").items()) check(definition);
}

}  // namespace
}  // namespace poise::profile
