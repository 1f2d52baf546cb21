/* The headers that stand in for the SDK's: layouts and numbers, most of it at compile time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <winsock2.h>

#include <ws2tcpip.h>

#include <afunix.h>
#include <mstcpip.h>
#include <mswsock.h>
#include <nspapi.h>

#include <iphlpapi.h>
#include <ws2spi.h>

#include "sim/include/win32/layout_check.h"

/* The errors of winerror.h are those of the specification. */
#define WSA_SUCCESS 0
#define STATUS(name, value, wsa_error, win32_error, evidence)
#define WSA_ERROR(name, value, text) LAYOUT_ASSERT(name == (value));
#define WIN32_ERROR(name, value, text) LAYOUT_ASSERT(name == (value));
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR

/* A program's own names are its own, whatever the headers declare. */
struct names {
    int bind, connect, socket, send;
};

static void the_layouts_hold(void **state)
{
    (void)state;
    const struct names names = {1, 2, 3, 4};
    const int bind = names.bind; /* a local of that name */
    assert_int_equal(bind + names.connect + names.socket + names.send, 10);
    assert_int_equal(sizeof(INET_PORT_RESERVATION_INSTANCE), 16);
}

static void an_instance_is_reached_as_the_sdk_reaches_it_in_c(void **state)
{
    (void)state;
    INET_PORT_RESERVATION_INSTANCE instance;
    unsigned char bytes[sizeof instance];
    memset(&instance, 0, sizeof instance);
    instance.StartPort = 0x8813;
    instance.NumberOfPorts = 20;
    instance.Token = 0x0102030405060708ull;
    memcpy(bytes, &instance, sizeof bytes);
    assert_int_equal(bytes[0], 0x13);
    assert_int_equal(bytes[2], 20);
    assert_int_equal(bytes[8], 0x08);
    assert_int_equal(bytes[15], 0x01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layouts_hold),
        cmocka_unit_test(an_instance_is_reached_as_the_sdk_reaches_it_in_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
