/* Scripted hosts beyond the LAN: an address that answers, with ports that do what a test wants, and
 * a name. They are gone when the machine is switched off.
 */
#ifndef SIM_TCPIP_REMOTE_H
#define SIM_TCPIP_REMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/place.h"
#include "sim/tcpip/udp.h"

struct datagram;

/* Adds a host. A name of several addresses is added as often; NULL for a host without a name. A
 * silent host drops what comes to a port that has no script, as a firewall does; another refuses
 * it.
 *
 *   STATUS_INVALID_PARAMETER       the address is this machine's, no unicast address, or there
 *   STATUS_INSUFFICIENT_RESOURCES
 */
nt_status remote_add(struct tcpip *tcpip, const char *name, const struct address *address,
                     bool silent);

/* What a port of a host does. A script is a list of steps with semicolons between them:
 *
 *   drop               nothing comes back                             (the only step)
 *   refuse             a reset, or word that the port is unreachable  (the only step)
 *   accept MS          the handshake is answered only then            (the first step)
 *   wait MS
 *   send TEXT          up to the semicolon, without blanks around it
 *   send-bytes N       the letters a to z over and over
 *   urgent TEXT        its last byte is urgent
 *   receive N          waits for as many bytes
 *   receive-end        waits for the peer's FIN
 *   echo               sends back what comes until the peer's FIN
 *   shutdown           sends a FIN and goes on
 *   close, reset       the last step
 *   stop               reads no more; the last step
 *
 * A script that ends otherwise reads on until the peer's FIN and closes. For UDP each datagram is
 * answered: `send TEXT`, `echo`, `drop` and `refuse` mean something. A port that has a script gets
 * the new one for connections made from then on.
 *   STATUS_INVALID_PARAMETER       no such host, no script
 *   STATUS_INSUFFICIENT_RESOURCES
 */
nt_status remote_script(struct tcpip *tcpip, const struct address *host, enum protocol protocol,
                        uint16_t port, const char *script);

/* The host connects from one of its ports to this machine and plays the script there. Statuses as
 * above; how the connect ends nobody is told.
 */
nt_status remote_connect(struct tcpip *tcpip, const struct address *host, uint16_t from,
                         const struct address *to, uint16_t port, const char *script);

/* The host sends a datagram: `sending` as for udp_send. */
nt_status remote_send(struct tcpip *tcpip, const struct address *host, uint16_t from,
                      const struct udp_sending *sending);

/* The address number `index` of a name, in the order added, whatever the case of its letters. False
 * when there are no more.
 */
bool remote_resolve(const struct tcpip *tcpip, const char *name, uint32_t index,
                    struct address *address);

/* The name of a host, or NULL. It lives as long as the machine is on. */
const char *remote_name(const struct tcpip *tcpip, const struct address *address);

/* ---- For the stack --------------------------------------------------------------------------- */

/* The endpoint that listens there, or NULL. */
struct endpoint *remote_find_listener(struct tcpip *tcpip, const struct place *place);

/* Whether a host has the address and refuses what it does not want; else nothing comes back. */
bool remote_answers(struct tcpip *tcpip, const struct place *place);

/* Whether a host has the address, silent or not; and whether it would answer an echo request. */
bool remote_is_there(const struct tcpip *tcpip, const struct place *place);
bool remote_echoes(const struct tcpip *tcpip, const struct place *place);

/* A datagram reaches a host, which owns it from now on. */
void remote_datagram(struct datagram *datagram);

void remote_check(const struct tcpip *tcpip);

#endif
