/* SPDX-License-Identifier: MIT */
/*
 * The messages of the kernel's smc_diag, each about one AF_SMC socket: see
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

/* How the data of a connection is transferred. */
enum smc_diag_mode {
	MODE_NONE,
	MODE_SMCD,
	MODE_SMCR,
	MODE_TCP,
	MODES
}; /* MODE_NONE: the socket is not connected */

enum smc_diag_side { LOCAL, PEER, SIDES };

/* The fields that an iterator can return instead of a whole record. */
enum smc_diag_field {
	STATE,
	UID,
	INODE,
	INTERFACE,
	COOKIE, /* the last field that is always present */
	MODE,
	FAMILY,
	LOCAL_ADDRESS,
	LOCAL_PORT,
	PEER_ADDRESS,
	PEER_PORT,
	SHUTDOWN,
	FALLBACK_CODE,
	PEER_FALLBACK_CODE, /* the last field of a record */
	LOCAL_ENDPOINT,
	PEER_ENDPOINT,
	FIELDS
};

/* The part of an attribute that this file knows; its size is 0 if the kernel did not send it. */
struct smc_diag_attr {
	unsigned int size;
	unsigned char data[sizeof(struct smc_diag_lgrinfo)];
};

struct smc_diag_socket {
	struct smc_diag_msg msg;
	struct smc_diag_attr attrs[SMC_DIAG_MAX + 1];
	int family; /* AF_INET, AF_INET6, or AF_UNSPEC if it is unknown */
	enum smc_diag_mode mode;
};

static inline uint64_t smc_diag_cookie(const struct smc_diag_socket *s)
{
	return (uint64_t)s->msg.id.idiag_cookie[1] << 32 | s->msg.id.idiag_cookie[0];
}

#pragma GCC visibility push(hidden)

/* The names in Lua. */
extern const char *const smc_diag_mode_names[MODES]; /* NULL for MODE_NONE */
extern const char *const smc_diag_field_names[FIELDS];

/* Returns the name of a state; NULL for a state that is not known here. */
const char *smc_diag_state_name(uint8_t number);

/* Returns the number of a state; -1 if no state has the name. */
int smc_diag_state_number(const char *name);

/*
 * Copies everything that is needed from the message. The extensions are the requested attributes, as bits.
 * Returns 0 or -EBADMSG.
 */
int smc_diag_read(struct smc_diag_socket *s, const struct nlmsghdr *msg, unsigned int extensions);

/* Returns an address, four words; NULL if the kernel does not report it. */
const __be32 *smc_diag_address(const struct smc_diag_socket *s, enum smc_diag_side side);

/* Returns whether the address is all zeros, as the wildcard address is. */
bool smc_diag_is_unspecified(const struct smc_diag_socket *s, enum smc_diag_side side);

/* Returns a port in network byte order. */
__be16 smc_diag_port(const struct smc_diag_socket *s, enum smc_diag_side side);

/* Reads an integer in host byte order from an attribute. Returns false if the attribute is too short. */
bool smc_diag_integer(const struct smc_diag_attr *attr, size_t offset, size_t size, lua_Integer *out);

#pragma GCC visibility pop

#endif
