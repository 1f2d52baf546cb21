/* Every status has a name and two translations, and every answer of behaviours.def a status. */
#include "sim/nt/fixture.h"

static const struct {
    nt_status status;
    uint32_t wsa_error, win32_error;
} known[] = {
    {STATUS_SUCCESS, 0, 0},
    {STATUS_PENDING, 997, 997},
    {STATUS_INVALID_PARAMETER, 10022, 87},
    {STATUS_ACCESS_DENIED, 10013, 5},
    {STATUS_SHARING_VIOLATION, 10048, 32},
    {STATUS_ACCESS_VIOLATION, 10014, 998},
    {STATUS_INVALID_HANDLE, 10038, 6},
    {STATUS_NOT_SUPPORTED, 10045, 50},
    {STATUS_HOST_DOWN, 10050, 1256},
    {STATUS_CANCELLED, 995, 995},
    {STATUS_NOT_FOUND, 10022, 1168},
    {STATUS_ELEVATION_REQUIRED, 10013, 740},
    {STATUS_CONSENT_REFUSED, 10013, 1223},
    {STATUS_NOT_INITIALISED, 10093, 5023},
};

static void a_status_translates_as_its_row_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(nt_status_to_wsa(known[i].status), known[i].wsa_error);
        assert_int_equal(nt_status_to_win32(known[i].status), known[i].win32_error);
    }
}

static void a_status_is_called_by_its_name(void **state)
{
    (void)state;
    assert_string_equal(nt_status_name(STATUS_SHARING_VIOLATION), "STATUS_SHARING_VIOLATION");
    assert_string_equal(nt_status_name(0xC00000FF), "?");
}

static void success_ends_where_warnings_begin(void **state)
{
    (void)state;
    assert_true(nt_success(STATUS_SUCCESS));
    assert_true(nt_success(STATUS_PENDING));
    assert_true(nt_success(STATUS_TIMEOUT));
    assert_false(nt_success(STATUS_BUFFER_OVERFLOW));
    assert_false(nt_success(STATUS_ACCESS_DENIED));
}

static void an_error_gives_a_status_that_gives_the_error(void **state)
{
    (void)state;
#define STATUS(name, value, wsa_error, win32_error, evidence) name,
#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text)
    static const nt_status all[] = {
#include "spec/errors.def"
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        uint32_t wsa_error = nt_status_to_wsa(all[i]);
        uint32_t win32_error = nt_status_to_win32(all[i]);
        assert_int_equal(nt_status_to_wsa(nt_status_from_wsa(wsa_error)), wsa_error);
        assert_int_equal(nt_status_to_win32(nt_status_from_win32(win32_error)), win32_error);
    }
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
}

static void the_first_row_of_an_error_is_its_status(void **state)
{
    (void)state;
    assert_status(nt_status_from_wsa(0), STATUS_SUCCESS);
    assert_status(nt_status_from_win32(0), STATUS_SUCCESS);
    assert_status(nt_status_from_wsa(10048), STATUS_SHARING_VIOLATION);
    assert_status(nt_status_from_wsa(10022), STATUS_INVALID_PARAMETER);
    assert_status(nt_status_from_win32(87), STATUS_INVALID_PARAMETER);
    assert_status(nt_status_from_win32(1168), STATUS_NOT_FOUND);
    assert_status(nt_status_from_win32(183), STATUS_OBJECT_NAME_COLLISION);
}

/* A Winsock error stands for itself; without a status nt_status_from_wsa ends the test. */
static void every_winsock_answer_to_a_question_has_a_status(void **state)
{
    (void)state;
    int seen = 0;
    for (int i = 0; i < OPTION_COUNT; i++) {
        uint32_t value = spec_options[i].value;
        if (value < 10000 || value >= 12000)
            continue;
        assert_int_equal(nt_status_to_wsa(nt_status_from_wsa(value)), value);
        seen++;
    }
    assert_true(seen > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_translates_as_its_row_says),
        cmocka_unit_test(a_status_is_called_by_its_name),
        cmocka_unit_test(success_ends_where_warnings_begin),
        cmocka_unit_test(an_error_gives_a_status_that_gives_the_error),
        cmocka_unit_test(the_first_row_of_an_error_is_its_status),
        cmocka_unit_test(every_winsock_answer_to_a_question_has_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
