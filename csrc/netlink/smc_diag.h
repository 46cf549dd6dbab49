/* SPDX-License-Identifier: MIT */
/*
 * What the files of smc_diag have in common: smc_diag.c reads messages, smc_diag_filter.c
 * knows which are wanted, smc_diag_record.c makes Lua values of them.
 */
#ifndef SMC_DIAG_H
#define SMC_DIAG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/smc_diag.h>

#include "../common/lua_api.h"
#include "../common/af_smc.h"

#define EXT(attr)    (1u << ((attr)-1))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* SMC_DIAG_DMBINFO: Linux 6.8 appended the upper halves of the 128-bit GIDs. */
struct dmbinfo {
	uint32_t linkid;
	uint64_t peer_gid __attribute__((aligned(8)));
	uint64_t gid;
	uint64_t token;
	uint64_t peer_token;
	uint64_t peer_gid_ext;
	uint64_t gid_ext;
};

#pragma GCC visibility push(hidden)

/* An attribute as far as it is known here; len 0: the kernel did not send it. */
struct attr {
	unsigned int len;
	unsigned char data[sizeof(struct smc_diag_lgrinfo)];
};

struct diag_socket {
	struct smc_diag_msg msg;
	struct attr attr[SMC_DIAG_MAX + 1];
	int family;       /* AF_INET, AF_INET6, or AF_UNSPEC when nothing tells */
	const char *mode; /* NULL when it has none (yet) */
};

/* What the caller wants to see. */
struct diag_want {
	unsigned int ext; /* attributes that were asked for */
	bool has_state, has_uid, has_inode, has_port[2], has_address[2];
	uint8_t state;
	uint32_t uid;
	uint64_t inode;
	uint16_t port[2];           /* local and peer, network order */
	struct in6_addr address[2]; /* the same; IPv4 as IPv4-mapped */
	const char *mode;
	/*
	 * Where sockets come and go, the kernel gives some out twice, near each other. Their
	 * cookies are numbers in a row, so that this remembers about the last thousand.
	 */
	uint64_t seen[1024];
	uint8_t fields[16]; /* enum field_id, in the caller's order; count 0: a record */
	uint8_t count;
};

enum { LOCAL, PEER };

/* Numbers of enum smc_state in net/smc/smc.h. */
enum { STATE_INIT = 2, STATE_CLOSED = 7, STATE_LISTEN = 10 };

struct smc_state_name {
	uint8_t number;
	const char *name;
};

enum { SMC_STATES = 12 };

extern const struct smc_state_name smc_states[SMC_STATES];

/* One string each: modes are compared by their addresses. */
extern const char smc_mode_smcr[];
extern const char smc_mode_smcd[];
extern const char smc_mode_tcp[];

/* What can be asked for instead of a whole record: names and order are those of Lua. */
enum field_id {
	STATE,
	UID,
	INODE,
	INTERFACE,
	COOKIE, /* always there */
	MODE,
	FAMILY,
	LOCAL_ADDRESS,
	LOCAL_PORT,
	PEER_ADDRESS,
	PEER_PORT,
	SHUTDOWN,
	FALLBACK_CODE,
	PEER_FALLBACK_CODE,
	LOCAL_ENDPOINT,
	PEER_ENDPOINT
};

extern const char *const smc_field_names[];

static inline bool is_zero(const __be32 address[4])
{
	return !(address[0] | address[1] | address[2] | address[3]);
}

static inline uint64_t cookie_of(const struct smc_diag_msg *m)
{
	return (uint64_t)m->id.idiag_cookie[1] << 32 | m->id.idiag_cookie[0];
}

/*
 * An address of zeros is the wildcard where an AF_SMC socket without a peer has a
 * local port. Elsewhere it means that the kernel does not say: sockets that were
 * made with, or accepted by one made with, IPPROTO_SMC; sockets without a port.
 */
static inline bool has_local_address(const struct smc_diag_msg *m)
{
	return !is_zero(m->id.idiag_src) ||
	       (m->diag_family == AF_SMC && m->id.idiag_sport && !m->id.idiag_dport);
}

bool smc_attr_integer(const struct attr *attr, size_t offset, size_t size, lua_Integer *out);

/* smc_diag_filter.c */
void smc_diag_read_want(lua_State *L, int arg, struct diag_want *want);
bool smc_diag_matches(const struct diag_socket *s, const struct diag_want *want);

/* smc_diag_record.c */
void smc_diag_push_field(lua_State *L, const struct diag_socket *s, enum field_id field);
void smc_diag_push_record(lua_State *L, const struct diag_socket *s);

#pragma GCC visibility pop

#endif
