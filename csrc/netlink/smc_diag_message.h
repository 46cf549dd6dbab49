/* SPDX-License-Identifier: MIT */
/*
 * The messages of the kernel's smc_diag, a socket of AF_SMC each: see
 * include/uapi/linux/smc_diag.h and net/smc/smc_diag.c.
 */
#ifndef SMC_DIAG_MESSAGE_H
#define SMC_DIAG_MESSAGE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/smc_diag.h>

#include "../common/lua_api.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct nlmsghdr;

/* SMC_DIAG_DMBINFO: Linux 6.8 appended the upper halves of the 128-bit GIDs. */
struct smc_diag_dmbinfo_ext {
	uint32_t linkid;
	uint64_t peer_gid __attribute__((aligned(8)));
	uint64_t gid;
	uint64_t token;
	uint64_t peer_token;
	uint64_t peer_gid_ext;
	uint64_t gid_ext;
};

/* What carries the data of a connection. */
enum smc_diag_mode { MODE_NONE, MODE_SMCD, MODE_SMCR, MODE_TCP, MODES }; /* none: not (yet) connected */

enum smc_diag_side { LOCAL, PEER, SIDES };

/* What can be asked for instead of a whole record. */
enum smc_diag_field {
	STATE,
	UID,
	INODE,
	INTERFACE,
	COOKIE, /* up to here they are always there */
	MODE,
	FAMILY,
	LOCAL_ADDRESS,
	LOCAL_PORT,
	PEER_ADDRESS,
	PEER_PORT,
	SHUTDOWN,
	FALLBACK_CODE,
	PEER_FALLBACK_CODE, /* up to here they are in a record */
	LOCAL_ENDPOINT,
	PEER_ENDPOINT,
	FIELDS
};

/* An attribute as far as it is known here; size 0: the kernel did not send it. */
struct smc_diag_attr {
	unsigned int size;
	unsigned char data[sizeof(struct smc_diag_lgrinfo)];
};

struct smc_diag_socket {
	struct smc_diag_msg msg;
	struct smc_diag_attr attrs[SMC_DIAG_MAX + 1];
	int family; /* AF_INET, AF_INET6, or AF_UNSPEC when nothing tells */
	enum smc_diag_mode mode;
};

static inline uint64_t smc_diag_cookie(const struct smc_diag_socket *s)
{
	return (uint64_t)s->msg.id.idiag_cookie[1] << 32 | s->msg.id.idiag_cookie[0];
}

#pragma GCC visibility push(hidden)

/* The names as Lua has them. */
extern const char *const smc_diag_mode_names[MODES]; /* NULL for none */
extern const char *const smc_diag_field_names[FIELDS];

/* The name of a state; NULL for one of a later kernel. Its number; -1 where none has the name. */
const char *smc_diag_state_name(uint8_t number);
int smc_diag_state_number(const char *name);

/*
 * Copies everything that is used out of the message. The extensions are what the kernel was asked
 * for. Returns 0 or -EBADMSG.
 */
int smc_diag_read(struct smc_diag_socket *s, const struct nlmsghdr *msg, unsigned int extensions);

/* An address, of four words; NULL where the kernel does not say it. Whether it is all zeros, which the
 * wildcard is too. A port, in network order. */
const __be32 *smc_diag_address(const struct smc_diag_socket *s, enum smc_diag_side side);
bool smc_diag_is_unspecified(const struct smc_diag_socket *s, enum smc_diag_side side);
__be16 smc_diag_port(const struct smc_diag_socket *s, enum smc_diag_side side);

/* An integer of this host's byte order out of an attribute; false where that is too short. */
bool smc_diag_integer(const struct smc_diag_attr *attr, size_t offset, size_t size, lua_Integer *out);

#pragma GCC visibility pop

#endif
