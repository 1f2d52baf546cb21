/* The table of connections: many of them, found and gone again, and with places that differ in one
 * thing alone.
 */
#include "sim/tcpip/fixture_stream.h"

enum { MANY = 3000 };

static struct place place_at(uint8_t last, uint16_t port)
{
    struct address address = ip4(10, 0, 0, last);
    return place_of(&address, port);
}

static void each_of_many_is_found_and_forgotten(void **state)
{
    (void)state;
    static struct tcp *all[MANY];
    const struct tuples *tuples = &f.tcpip->tuples;

    for (unsigned i = 0; i < MANY; i++) {
        struct place local = place_at(1, (uint16_t)(1 + i % 100));
        struct place remote = place_at((uint8_t)(i / 1000), (uint16_t)(1 + i));
        assert_null(tuples_find(tuples, &local, &remote));
        all[i] = tcp_new(f.tcpip, &local, &remote);
        assert_non_null(all[i]);
    }
    assert_int_equal(tuples->count, MANY);
    for (unsigned i = 0; i < MANY; i++)
        assert_ptr_equal(tuples_find(tuples, &all[i]->local, &all[i]->remote), all[i]);
    for (unsigned i = 0; i < MANY; i += 2) {
        struct place local = all[i]->local, remote = all[i]->remote;
        tcp_finish(all[i]);
        assert_null(tuples_find(tuples, &local, &remote));
    }
    for (unsigned i = 1; i < MANY; i += 2) {
        assert_ptr_equal(tuples_find(tuples, &all[i]->local, &all[i]->remote), all[i]);
        tcp_finish(all[i]);
    }
    assert_int_equal(tuples->count, 0);
}

static void a_tuple_is_four_things(void **state)
{
    (void)state;
    struct place local = place_at(1, 5), remote = place_at(2, 6);
    struct place other = place_at(1, 6), another = place_at(2, 5);
    struct address mapped_address = mapped(10, 0, 0, 1);
    struct place same = place_of(&mapped_address, 5);
    struct tcp *tcp = tcp_new(f.tcpip, &local, &remote);

    assert_ptr_equal(tuples_find(&f.tcpip->tuples, &same, &remote), tcp);
    assert_null(tuples_find(&f.tcpip->tuples, &remote, &local));
    assert_null(tuples_find(&f.tcpip->tuples, &other, &remote));
    assert_null(tuples_find(&f.tcpip->tuples, &local, &another));
    same.family = FAMILY_6;
    assert_null(tuples_find(&f.tcpip->tuples, &same, &remote));
    tcp_finish(tcp);
}

static void a_table_that_cannot_grow_goes_on(void **state)
{
    (void)state;
    static struct tcp *all[300];
    struct place local = place_at(1, 5);

    for (unsigned i = 0; i < 300; i++) {
        struct place remote = place_at(2, (uint16_t)(i + 1));
        f.engine.arena.fail_in = i == 0 ? 0 : 2; /* the record fits, a larger table does not */
        all[i] = tcp_new(f.tcpip, &local, &remote);
        assert_non_null(all[i]);
    }
    f.engine.arena.fail_in = 0;
    for (unsigned i = 0; i < 300; i++) {
        assert_ptr_equal(tuples_find(&f.tcpip->tuples, &local, &all[i]->remote), all[i]);
        tcp_finish(all[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(each_of_many_is_found_and_forgotten),
        STREAM_TEST(a_tuple_is_four_things),
        STREAM_TEST(a_table_that_cannot_grow_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
