// SPDX-License-Identifier: MIT
/*
 * The kernel's announcements of devices that come and go: netlink(7),
 * NETLINK_KOBJECT_UEVENT, and Documentation/ABI/testing/sysfs-uevent.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <lauxlib.h>

#include "../common/error.h"
#include "../common/number.h"
#include "sysfs.h"

#define UEVENTS      "smc.sysfs.uevents"
#define KERNEL_GROUP 1    /* what the kernel itself says; udev repeats it in group 2 */
#define MESSAGE_SIZE 8192 /* more than UEVENT_BUFFER_SIZE and the devpath of the kernel */

struct uevents {
	int fd;
};

static struct uevents *check_uevents(lua_State *L)
{
	struct uevents *uevents = luaL_checkudata(L, 1, UEVENTS);

	luaL_argcheck(L, uevents->fd >= 0, 1, "closed");
	return uevents;
}

/* Pushes { ACTION = "add", DEVPATH = …, … } of "add@/devices/…\0ACTION=add\0…". */
static void push_event(lua_State *L, const char *at, const char *end)
{
	const char *equals;
	size_t length;

	lua_newtable(L);
	for (; at < end; at += length + 1) {
		length = strnlen(at, (size_t)(end - at));
		equals = memchr(at, '=', length);
		if (!equals || equals == at)
			continue;
		lua_pushlstring(L, at, (size_t)(equals - at));
		lua_pushlstring(L, equals + 1, length - (size_t)(equals + 1 - at));
		lua_rawset(L, -3);
	}
}

/*
 * receive(uevents, seconds) -> { NAME = value } | nil, message, errno
 * errno is ETIMEDOUT when nothing came, ENOBUFS when the kernel had to drop some.
 */
static int uevents_receive(lua_State *L)
{
	struct uevents *uevents = check_uevents(L);
	int limit = smc_milliseconds(smc_check_seconds(L, 2));
	struct pollfd in = { .fd = uevents->fd, .events = POLLIN };
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	char message[MESSAGE_SIZE];
	ssize_t n;
	int ready;

	ready = poll(&in, 1, limit);
	if (ready == 0 || (ready < 0 && errno == EINTR))
		return smc_push_error(L, ETIMEDOUT, "uevents");
	n = recvfrom(uevents->fd, message, sizeof(message), MSG_DONTWAIT, (struct sockaddr *)&from, &size);
	if (n < 0)
		return smc_push_error(L, errno == EAGAIN ? ETIMEDOUT : errno, "uevents");
	/* Another process may send to this socket, too: that is nothing, not even an event. */
	push_event(L, message, from.nl_pid == 0 ? message + n : message);
	return 1;
}

static int uevents_getfd(lua_State *L)
{
	lua_pushinteger(L, check_uevents(L)->fd);
	return 1;
}

static int uevents_close(lua_State *L)
{
	struct uevents *uevents = luaL_checkudata(L, 1, UEVENTS);

	if (uevents->fd >= 0)
		close(uevents->fd);
	uevents->fd = -1;
	return 0;
}

/* uevents() -> uevents | nil, message, errno: a socket that hears them from now on */
int smc_sysfs_uevents(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "receive", uevents_receive }, { "getfd", uevents_getfd },   { "close", uevents_close },
		{ "__gc", uevents_close },      { "__close", uevents_close }, { NULL, NULL },
	};
	struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	struct uevents *uevents = lua_newuserdatauv(L, sizeof(*uevents), 0);

	uevents->fd = -1;
	if (luaL_newmetatable(L, UEVENTS)) {
		luaL_setfuncs(L, methods, 0);
		lua_pushvalue(L, -1);
		lua_setfield(L, -2, "__index");
	}
	lua_setmetatable(L, -2);
	uevents->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (uevents->fd < 0 && smc_reclaim(L, errno))
		uevents->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (uevents->fd < 0 || bind(uevents->fd, (struct sockaddr *)&group, sizeof(group)))
		return smc_push_error(L, errno, "uevents");
	return 1;
}
