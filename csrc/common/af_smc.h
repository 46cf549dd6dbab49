/* SPDX-License-Identifier: MIT */
/*
 * Constants of the kernel's SMC interface that C libraries do not all define,
 * after include/linux/socket.h and include/uapi/linux/smc.h.
 */
#ifndef SMC_AF_SMC_H
#define SMC_AF_SMC_H

/* Those that do define them may do so as an enumeration, which must not see a macro of that name. */
#include <netinet/in.h>
#include <sys/socket.h>

#ifndef AF_SMC
#define AF_SMC 43
#endif

/* Protocols of AF_SMC: which internet protocol the connection is made over. */
#define SMCPROTO_SMC  0 /* IPv4 */
#define SMCPROTO_SMC6 1 /* IPv6 */

#ifndef IPPROTO_SMC
#define IPPROTO_SMC 256 /* SMC as a protocol of AF_INET and AF_INET6, since Linux 6.11 */
#endif

#ifndef SOL_SMC
#define SOL_SMC 286
#endif
#ifndef SMC_LIMIT_HS
#define SMC_LIMIT_HS 1 /* option of SOL_SMC: connections of a burst may become TCP */
#endif

/* Marks the luaopen functions: all other functions of a module are hidden. */
#define SMC_EXPORT __attribute__((visibility("default")))

#endif
