// SPDX-License-Identifier: MIT
#include <poise/core/error.hpp>
#include <poise/task/serialize.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

namespace task = poise::task;

namespace {

class to_string_of_bytes final : public task::byte_writer {
public:
    void write(void const* bytes, std::size_t size) override { text.append(static_cast<char const*>(bytes), size); }
    std::string text;
};
class from_string_of_bytes final : public task::byte_reader {
public:
    explicit from_string_of_bytes(std::string given) : text{std::move(given)} {}
    void read(void* bytes, std::size_t size) override {
        if (size > remaining()) throw poise::error{"torn"};
        if (size > 0) std::memcpy(bytes, text.data() + at, size);
        at += size;
    }
    std::size_t remaining() const override { return text.size() - at; }
    std::string text;
    std::size_t at = 0;
};

template <class T>
std::string written(T const& value) {
    to_string_of_bytes out;
    task::write(out, value);
    return out.text;
}
template <class T>
T back(T const& value) {
    from_string_of_bytes in{written(value)};
    T made = task::read<T>(in);
    EXPECT_EQ(in.remaining(), 0u);
    return made;
}

enum class color { red, green };
struct point {
    double x, y;
    bool operator==(point const&) const = default;
};
struct field {
    std::string name;
    std::vector<double> values;
    point origin;
    std::optional<std::vector<int>> ids;
    bool operator==(field const&) const = default;
};
struct one_member {
    std::string text;
    bool operator==(one_member const&) const = default;
};
struct own_type {
    explicit own_type(int v) : value{v} {}
    int value;
    std::unique_ptr<int> cache;
};
struct holds_a_pointer_type {
    std::shared_ptr<int> p;
};

}  // namespace

template <>
struct poise::task::serializer<own_type> {
    static void write(byte_writer& out, own_type const& v) { task::write(out, v.value); }
    static own_type read(byte_reader& in) { return own_type{task::read<int>(in)}; }
};

TEST(Serialize, BringsBackWhatWasWritten) {
    EXPECT_EQ(back(42), 42);
    EXPECT_EQ(back(color::green), color::green);
    EXPECT_EQ(back(point{1.5, -2.5}), (point{1.5, -2.5}));
    EXPECT_EQ(back(std::string{"a\0b", 3}), (std::string{"a\0b", 3}));
    EXPECT_EQ(back(std::string{}), "");
    EXPECT_EQ(back(std::vector<double>{1, 2, 3}), (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(back(std::vector<bool>{true, false, true}), (std::vector<bool>{true, false, true}));
    EXPECT_EQ(back(std::vector<std::vector<std::string>>{{"a"}, {}, {"b", "c"}}),
              (std::vector<std::vector<std::string>>{{"a"}, {}, {"b", "c"}}));
    EXPECT_EQ(back(std::array<std::string, 2>{"x", "y"}), (std::array<std::string, 2>{"x", "y"}));
    EXPECT_EQ(back(std::pair{std::string{"k"}, 7}), (std::pair{std::string{"k"}, 7}));
    EXPECT_EQ(back(std::tuple{1, std::string{"t"}, 2.5}), (std::tuple{1, std::string{"t"}, 2.5}));
    EXPECT_EQ(back(std::optional<std::string>{}), std::nullopt);
    EXPECT_EQ(back(std::optional<std::string>{"o"}), "o");
    EXPECT_EQ(back(std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}}),
              (std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}}));
    EXPECT_EQ(back(std::unordered_map<int, std::string>{{1, "x"}}), (std::unordered_map<int, std::string>{{1, "x"}}));
    EXPECT_EQ(back(std::set<std::string>{"a", "b"}), (std::set<std::string>{"a", "b"}));
    EXPECT_EQ(back(std::unordered_set<int>{1, 2}), (std::unordered_set<int>{1, 2}));
    EXPECT_EQ(back(std::variant<int, std::string>{"v"}), (std::variant<int, std::string>{"v"}));
}

TEST(Serialize, TakesAggregatesMemberByMember) {
    field const f{"u", {1, 2}, {3, 4}, std::vector<int>{5}};
    EXPECT_EQ(back(f), f);
    EXPECT_EQ(back(one_member{"only"}), one_member{"only"});
    EXPECT_EQ(back(std::vector<field>{f, {}}), (std::vector<field>{f, {}}));
}

TEST(Serialize, TakesWhatOnlyMovesAndTypesOfTheUser) {
    from_string_of_bytes in{written(std::make_unique<std::string>("p")) + written(own_type{9}) +
                            written(std::unique_ptr<std::string>{})};
    EXPECT_EQ(*task::read<std::unique_ptr<std::string>>(in), "p");
    EXPECT_EQ(task::read<own_type>(in).value, 9);
    EXPECT_EQ((task::read<std::unique_ptr<std::string>>(in)), nullptr);
}

TEST(Serialize, KnowsWhatItCannotTake) {
    static_assert(!task::serializable<int*>);
    static_assert(!task::serializable<std::shared_ptr<int>>);
    static_assert(!task::serializable<holds_a_pointer_type>);
    static_assert(!task::serializable<std::vector<std::shared_ptr<int>>>);
    static_assert(task::serializable<own_type>);
    static_assert(task::serializable<std::vector<own_type>>);
    static_assert(!task::serializable<void>);
}

// Whatever was torn off or altered: an exception, and no more memory than the data could fill.
TEST(Serialize, RefusesTornData) {
    field const f{"name", {1, 2, 3}, {3, 4}, std::vector<int>{5, 6}};
    std::string const whole = written(f);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        from_string_of_bytes in{whole.substr(0, size)};
        EXPECT_THROW((void)task::read<field>(in), poise::error) << size;
    }
    from_string_of_bytes huge{written(std::numeric_limits<std::uint64_t>::max()) + "abc"};
    EXPECT_THROW((void)task::read<std::vector<double>>(huge), poise::error);
    from_string_of_bytes many{written(std::uint64_t{1} << 39U) + "abc"};
    EXPECT_THROW((void)task::read<std::vector<std::string>>(many), poise::error);
    from_string_of_bytes variant{written(std::uint64_t{7})};
    EXPECT_THROW((void)(task::read<std::variant<int, std::string>>(variant)), poise::error);
}
