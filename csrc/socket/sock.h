/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of smc.core.socket: the socket object, and the functions that
 * each file provides for the others.
 */
#ifndef SMC_SOCK_H
#define SMC_SOCK_H

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "../common/lua_api.h"

/* An IPv4 or IPv6 address and port; AF_UNSPEC if it is not known. */
union sock_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

#define RESOLVER_MAX_ADDRESSES 32

/* The addresses of a host, in the order in which to try them. */
struct address_list {
	union sock_addr at[RESOLVER_MAX_ADDRESSES];
	size_t count;
};

/* Limits in seconds, negative for no limit; and the deadline of the current operation, by CLOCK_MONOTONIC. */
struct sock_timeout {
	double block;
	double total;
	double deadline;
};

/*
 * Bytes received and not yet given to the caller. data is NULL whenever there are none, so that idle
 * connections cost no buffer.
 */
struct sock_buffer {
	char *data;
	size_t size; /* of data */
	size_t first;
	size_t last;
	unsigned int removals; /* how often bytes were taken out; after that the buffer holds others */
};

struct buffer_pool;

/*
 * The progress of connect() on the current descriptor. From ATTEMPT_CONNECTED on, the descriptor is connected
 * to the peer.
 */
enum sock_attempt {
	ATTEMPT_NONE,
	ATTEMPT_IN_PROGRESS,       /* it is connecting to the peer */
	ATTEMPT_FAILED_UNREPORTED, /* it failed, and connect() has not returned that yet */
	ATTEMPT_FAILED,            /* it failed, and the descriptor cannot be used again */
	ATTEMPT_CONNECTED,         /* it succeeded, and connect() has not returned that yet */
	ATTEMPT_REPORTED,          /* connect() has returned success, and will return it once more */
	ATTEMPT_DONE,              /* connect() returns that it is already connected */
};

/* In place of an errno: an attempt failed, and the kernel does not report why. */
#define ATTEMPT_UNEXPLAINED (-1)

/* AF_SMC; IPPROTO_SMC of AF_INET and AF_INET6; or the second where the first is denied to this process. */
enum sock_protocol { PROTOCOL_SMC, PROTOCOL_INET, PROTOCOL_AUTO, PROTOCOL_TCP };

enum sock_class { SOCK_MASTER, SOCK_CLIENT, SOCK_SERVER };

struct sock {
	const void *mark; /* &sock_mark, which no other userdata has */
	enum sock_class kind;
	int fd;                      /* -1: not created yet, or closed */
	bool closed;                 /* by close(), and not opened again since */
	int family;                  /* AF_INET, AF_INET6, or AF_UNSPEC until the first bind or connect */
	bool any_family;             /* created by tcp(): takes the family of its first address */
	enum sock_protocol protocol; /* the kind of socket to create */
	bool v6only;                 /* created by tcp6(): uses IPv6 only */
	bool may_tcp;                /* the caller accepts TCP if the kernel has no SMC */
	bool is_tcp;                 /* it is a TCP socket, as requested or accepted by the caller */
	bool blocking;               /* the descriptor waits in the kernel: see timeout_switch_to_blocking */
	bool shared;                 /* other code uses the descriptor, so it must not wait in the kernel */
	bool watched;                /* user value 2 holds functions to call when it is closed */
	const char *failed_option;   /* the option that could not be set on its last descriptor */
	short awaited_events;        /* the event that the last operation waited for, POLLIN or POLLOUT */
	enum sock_attempt attempt;
	int connect_errno; /* of an attempt that failed; 0 if it is not known */
	int last_errno;    /* of the last bind(), listen() or connect(); 0 if it succeeded or is not known */
	struct sock_timeout timeout;
	struct sock_buffer buffer;
	struct buffer_pool *pool; /* lives as long as the Lua state */
	lua_Integer received;
	lua_Integer sent;
	double created;
	/*
	 * The addresses are stored when the socket is connected: to ask the kernel for the address of a
	 * socket whose device was removed can crash it (net/smc/af_smc.c, smc_getname).
	 */
	union sock_addr local;
	union sock_addr peer;
	union sock_addr bound; /* by bind(); the next descriptor is bound to it, too */
};

#pragma GCC visibility push(hidden)

/*
 * The first upvalues of every method: the pool of buffers, and the metatables of the classes in the
 * order of enum sock_class.
 */
#define UPVALUE_POOL     lua_upvalueindex(1)
#define UPVALUE_CLASS(c) lua_upvalueindex(2 + (int)(c))
#define UPVALUES         4

/* Layers: each file calls only those listed above it, and module.c calls all. */

/* errors.c */
int sock_push_error(lua_State *L, const char *words);
const char *sock_strerror(int err);
const char *attempt_strerror(int err);
const char *option_strerror(int err);

/* buffer.c */
#define BUFFER_SIZE 65536
struct buffer_pool *buffer_push_pool(lua_State *L);
bool buffer_reserve(struct buffer_pool *pool, struct sock_buffer *b, size_t room);
void buffer_remove(struct buffer_pool *pool, struct sock_buffer *b, size_t n);
void buffer_release(struct buffer_pool *pool, struct sock_buffer *b);
void buffer_shrink(struct buffer_pool *pool, struct sock_buffer *b);
int core_buffered(lua_State *L);

static inline size_t buffer_length(const struct sock_buffer *b)
{
	return b->last - b->first;
}

/* Frees the room that the few bytes left in a buffer do not need. */
static inline void buffer_trim(struct buffer_pool *pool, struct sock_buffer *b)
{
	size_t n = buffer_length(b);

	if (n > 0 && n < b->size / 16 && b->size >= BUFFER_SIZE)
		buffer_shrink(pool, b);
}

/* address.c */
socklen_t address_length(const union sock_addr *addr);
bool address_equal(const union sock_addr *a, const union sock_addr *b);
bool address_is_any(const union sock_addr *addr);
void address_inherit_scope(union sock_addr *addr, const union sock_addr *on_the_same_link);
int address_push(lua_State *L, const union sock_addr *addr);

/* object.c */
extern const char sock_mark;
const char *sock_class_key(enum sock_class kind);
const char *sock_class_name(enum sock_class kind);
struct sock *sock_check(lua_State *L, int arg);
_Noreturn void sock_class_error(lua_State *L, int arg, enum sock_class wanted);
void sock_set_class(lua_State *L, struct sock *s, enum sock_class kind);
struct sock *sock_new(lua_State *L, enum sock_class kind);
int sock_tostring(lua_State *L);

/*
 * Returns the socket at index arg, or NULL. Every method begins with it: to look at the object itself takes a
 * third of the time that comparing its metatable takes.
 */
static inline struct sock *sock_test(lua_State *L, int arg)
{
	struct sock *s = lua_touserdata(L, arg);

	return s && lua_rawlen(L, arg) == sizeof(*s) && s->mark == &sock_mark ? s : NULL;
}

/* Returns the socket at index arg. Throws if it is not a socket of the class wanted. */
static inline struct sock *sock_check_class(lua_State *L, int arg, enum sock_class wanted)
{
	struct sock *s = sock_test(L, arg);

	if (!s || s->kind != wanted)
		sock_class_error(L, arg, wanted);
	return s;
}

static inline bool sock_is_connected(const struct sock *s)
{
	return s->attempt >= ATTEMPT_CONNECTED;
}

/* thread.c */
bool thread_start(void *(*run)(void *), void *what);

/* resolver.c */
void resolver_copy(const struct addrinfo *ai, struct address_list *list);
int resolver_test_descriptors(void);
int resolver_check_family(lua_State *L, int arg);
int resolver_push_failure(lua_State *L, int rc);
int resolver_push_addresses(lua_State *L, const struct address_list *list);
int resolver_resolve(lua_State *L, int host, int port, int family, bool passive, struct address_list *list);
int core_resolve(lua_State *L);
int core_lookup(lua_State *L);
int core_nameinfo(lua_State *L);
int core_gethostname(lua_State *L);

/* lookup.c */
int core_start_lookup(lua_State *L);
void lookup_register(lua_State *L);

/* timeout.c */
double timeout_now(void);
void timeout_set_deadline(struct sock_timeout *t);
bool timeout_switch_to_blocking(struct sock *s);
int timeout_poll(struct pollfd *fds, nfds_t count, double deadline);
int timeout_wait(lua_State *L, struct sock *s, short events);
int sock_settimeout(lua_State *L);
int sock_gettimeout(lua_State *L);

/* Starts an operation. */
static inline void timeout_start(struct sock_timeout *t)
{
	if (t->block < 0 && t->total < 0)
		t->deadline = -1;
	else
		timeout_set_deadline(t);
}

/* select.c */
int core_select(lua_State *L);

/* pending_options.c, above option_values.c: options.h */
int option_apply_pending(lua_State *L, struct sock *s);
bool option_push_pending_error(lua_State *L, const struct sock *s, int err);

/* descriptor.c */
enum sock_protocol sock_check_protocol(lua_State *L, int arg);
int sock_open(lua_State *L, struct sock *s, int family);
int sock_open_tcp(lua_State *L, struct sock *s, const struct sock *like, int family);
void sock_record_local_name(struct sock *s);
bool sock_query_peer_name(struct sock *s);
void sock_detect_family(struct sock *s);
void sock_reset_descriptor(struct sock *s);
void sock_close_descriptor(struct sock *s);

/* event_loop.c */
int sock_getfd(lua_State *L);
int sock_setfd(lua_State *L);
int sock_events(lua_State *L);
int sock_timeout(lua_State *L);
int core_watch(lua_State *L);
void event_loop_close_descriptor(lua_State *L, struct sock *s);

/* attempt.c; connect.c has more of it from attempt.h */
int attempt_check(struct sock *s);
int attempt_push_error(lua_State *L, struct sock *s);
int attempt_await_connection(lua_State *L, struct sock *s);

/* options.c */
int sock_setoption(lua_State *L);
int sock_getoption(lua_State *L);

/* connect.c */
int sock_connect(lua_State *L);

/* receive.c, above gather.c and input.c: receive.h, input.h */
int sock_receive(lua_State *L);
int sock_receiveany(lua_State *L);
int sock_dirty(lua_State *L);

/* send.c */
int sock_send(lua_State *L);
int sock_getstats(lua_State *L);
int sock_setstats(lua_State *L);

/* traffic.c */
int core_traffic(lua_State *L);
void traffic_register(lua_State *L);

/* identity.c */
int sock_getfamily(lua_State *L);
int sock_getsockname(lua_State *L);
int sock_getpeername(lua_State *L);
int core_identity(lua_State *L);
int core_last_errno(lua_State *L);
int core_tcp_state(lua_State *L);

/* syn.c */
int core_save_syns(lua_State *L);
int core_saved_syn(lua_State *L);

/* socket.c */
int core_new(lua_State *L);
int core_probe(lua_State *L);
int sock_bind(lua_State *L);
int sock_listen(lua_State *L);
int sock_accept(lua_State *L);
int sock_shutdown(lua_State *L);

/* close.c */
int sock_gc(lua_State *L);
int sock_close(lua_State *L);

#pragma GCC visibility pop

#endif
