--- The mutants: faults that somebody could make, each in one line of the code, made from what the line is for.
-- See spec/mutants/run.lua.
--
-- A group is { file, the specs that could see its mutants, mutants… }; a mutant is { from, to, what is lost }.
-- `from` stands once in the file. A `reason` says why no spec can tell a mutant from the right code.

local list = {}

local function of(group) list[#list + 1] = group end

-- ---- sockets ----

of { "csrc/socket/buffer.c", specs = "unit/buffers unit/limits unit/socket unit/garbage",
  { "if (size == BUFFER_SIZE && !pool->spare)", "if (!pool->spare)", "a block of its own size is no spare: the next would write beyond it" },
  { "pool->spare = NULL;\n\treturn spare;", "return spare;", "a spare is lent to one socket" },
  { "pool->lent--;", "", "the count of sockets with bytes goes down again" },
  { "memcpy(data, b->data + b->first, n);", "memcpy(data, b->data, n);", "the bytes that are left are kept, not those that were read" },
  { "b->size = size;\n\tb->first = 0;\n\tb->last = n;", "b->size = size;\n\tb->first = 0;", "the trimmed block ends where its bytes end" },
  { "\telse\n\t\tfree(data);", "", "a second spare is freed" },
  { "free(pool->spare);\n", "", "the spare is freed with the Lua state", reason = "what is left at the end of a state, valgrind tells in `make check`" },
  { "b->size - b->last >= room", "b->size - b->first >= room", "room is behind the bytes that wait" },
  { "needed > 2 * b->size ? needed : 2 * b->size", "needed", "a large buffer grows by doubling", reason = "only the time that copying takes would tell" },
  { "b->removals++;\n\tif (b->first", "if (b->first", "who gathers learns that bytes were taken", reason = "that takes a finalizer which uses the socket while a string is made" },
  { "if (b->first == b->last)\n\t\tbuffer_release(pool, b);", "", "an empty buffer goes back" },
}

of { "csrc/socket/sock.h", specs = "unit/buffers unit/limits unit/leaks unit/socket kernel/socket contract",
  { "n > 0 && n < b->size / 16 && b->size >= BUFFER_SIZE", "false && n", "few bytes do not hold 64 KiB" },
  { "lua_rawlen(L, arg) == sizeof(*s) && s->mark == &sock_mark", "lua_rawlen(L, arg) >= sizeof(void *)", "an object of another class is no socket" },
  { "return s->attempt >= ATTEMPT_CONNECTED;", "return s->attempt > ATTEMPT_CONNECTED;", "a connection that was not reported yet is one" },
}

of { "csrc/socket/option_values.c", specs = "unit/options unit/options_outside unit/socket kernel/socket contract",
  { '"tcp-keepidle", IPPROTO_TCP, TCP_KEEPIDLE, NUMBER, GET | SET },\n\t{ "tcp-keepintvl", IPPROTO_TCP, TCP_KEEPINTVL,',
    '"tcp-keepidle", IPPROTO_TCP, TCP_KEEPINTVL, NUMBER, GET | SET },\n\t{ "tcp-keepintvl", IPPROTO_TCP, TCP_KEEPIDLE,', "each option has its own number" },
  { "TCP_KEEPCNT, NUMBER", "TCP_SYNCNT, NUMBER", "keepcnt counts probes" },
  { '"recv-buffer-size", SOL_SOCKET, SO_RCVBUF', '"recv-buffer-size", SOL_SOCKET, SO_SNDBUF', "the receive buffer is the receiver's" },
  { '"send-buffer-size", SOL_SOCKET, SO_SNDBUF', '"send-buffer-size", SOL_SOCKET, SO_RCVBUF', "the send buffer is the sender's" },
  { '"reuseport", SOL_SOCKET, SO_REUSEPORT', '"reuseport", SOL_SOCKET, SO_REUSEADDR', "reuseport is not reuseaddr" },
  { '"reuseaddr", SOL_SOCKET, SO_REUSEADDR', '"reuseaddr", SOL_SOCKET, SO_REUSEPORT', "reuseaddr is not reuseport" },
  { '"priority", SOL_SOCKET, SO_PRIORITY', '"priority", SOL_SOCKET, SO_RCVLOWAT', "priority is the skb's" },
  { '"tcp-user-timeout", IPPROTO_TCP, TCP_USER_TIMEOUT', '"tcp-user-timeout", IPPROTO_TCP, TCP_LINGER2', "the user timeout" },
  { '"tcp-quickack", IPPROTO_TCP, TCP_QUICKACK', '"tcp-quickack", IPPROTO_TCP, TCP_CORK', "quickack is not cork" },
  { "value->linger.l_linger < 0", "value->linger.l_linger < -1", "a negative time is forever" },
  { "mark <= UINT32_MAX", "mark <= INT32_MAX", "a mark has 32 bits" },
  { "strlen(device) < IFNAMSIZ", "strlen(device) <= IFNAMSIZ", "a name with its zero byte fits into the kernel's field" },
  { "number >= INT_MAX ? INT_MAX : number <= INT_MIN ? INT_MIN : (int)number", "(int)number", "a large number becomes the largest, as it does for LuaSocket" },
}

of { "csrc/socket/pending_options.c", specs = "unit/options unit/options_outside unit/socket kernel/socket contract",
  { "i += 2;\n", "i += 1;\n", "an option that was stored is found again" },
  { "for (i = 1; i < n && !err; i += 2)", "for (i = 3; i < n && !err; i += 2)", "the first option is set as well" },
  { "s->failed_option = o->name;", "", "the message names the option that failed" },
}

of { "csrc/socket/options.c", specs = "unit/options unit/options_outside unit/socket kernel/socket contract",
  { "(o->use & TCP_ONLY) && !s->may_tcp", "(o->use & TCP_ONLY) && s->may_tcp", "an option that turns SMC into TCP is refused" },
  { "s->kind != SOCK_SERVER && !sock_is_connected(s)", "false", "options are kept for the next descriptor" },
  { "o->kind == ERROR && s->attempt == ATTEMPT_IN_PROGRESS", "false", "\"error\" asks the attempt in progress" },
}

of { "csrc/socket/address.c", specs = "unit/limits unit/leaks unit/socket unit/socket_attempts kernel/socket kernel/link_local contract",
  { "a->in.sin_port == b->in.sin_port && a->in", "a->in", "addresses differ by their ports" },
  { "a->in6.sin6_scope_id == b->in6.sin6_scope_id &&", "true &&", "link-local addresses differ by their interface" },
  { "addr->in6.sin6_scope_id == 0 && is_link_local(on_the_same_link)", "is_link_local(on_the_same_link)", "an interface that is known is kept" },
  { "ntohs(v6 ? addr->in6.sin6_port : addr->in.sin_port)", "(v6 ? addr->in6.sin6_port : addr->in.sin_port)", "ports are in the order of the network" },
}

of { "csrc/socket/attempt.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble unit/socket_attempts kernel/socket kernel/unreachable contract",
  { "s->connect_errno = err > 0 ? err : 0;", "s->connect_errno = 0;", "a failure is reported by its errno" },
  { "case EINPROGRESS:\n\tcase EINTR:\n\t\treturn EALREADY;", "case EINPROGRESS:\n\tcase EINTR:\n\t\treturn 0;", "an attempt in progress is no connection" },
  { "was_connected(s) ? 0 : ATTEMPT_UNEXPLAINED", "0", "SO_ERROR 0 proves no connection" },
  { "if (!err)\n\t\terr = repeat_connect(s);\n\telse if", "if", "connect(2) is asked again" },
  { "bind(s->fd, &s->bound.sa, address_length(&s->bound)) != 0)\n\t\terr = errno;", "false)\n\t\terr = errno;", "a new descriptor is bound where the object was bound" },
  { "event_loop_close_descriptor(L, s);\n\treturn open_bound", "return open_bound", "the used descriptor is closed" },
  { "return s->attempt == ATTEMPT_NONE ? 0 : replace_descriptor(L, s, family);", "return 0;", "one descriptor makes one attempt" },
  { "err == ATTEMPT_UNEXPLAINED ? EPIPE : err == EALREADY ? ETIMEDOUT : err", "err", "a transfer reports its errors in LuaSocket's words" },
}

of { "csrc/socket/connect.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble unit/socket_attempts kernel/socket kernel/unreachable contract",
  { "sock_close_descriptor(probe);\n", "", "the probe's descriptor is closed" },
  { "i < list->count && !address_equal", "!address_equal", "an address that is not listed ends the search" },
  { "s->attempt == ATTEMPT_DONE || (reported && !known)", "s->attempt == ATTEMPT_DONE", "another address is refused by a connected socket" },
  { "if (!err || err == EISCONN || s->timeout.deadline == 0)", "if (!err || err == EISCONN)", "without time the second address has to wait" },
  { "return i < list->count ? i : 0;", "return 0;", "an attempt goes on with its own address" },
}

of { "csrc/socket/descriptor.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble unit/garbage kernel/socket kernel/link_local contract",
  { "SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK", "SOCK_STREAM | SOCK_NONBLOCK", "a program that is started does not inherit sockets" },
  { "fd < 0 && s->may_tcp && lacks_smc(errno)", "fd < 0 && lacks_smc(errno)", "TCP only where the caller allowed it" },
  { "return err == EAFNOSUPPORT || err == EPROTONOSUPPORT ||", "return true ||", "only the lack of SMC makes a TCP socket", reason = "what fails for want of descriptors or memory fails for TCP as well" },
  { "family == AF_INET6 ? SMCPROTO_SMC6 : SMCPROTO_SMC)", "SMCPROTO_SMC)", "an IPv6 socket is one" },
  { "if (s->v6only &&", "if (!s->v6only &&", "tcp6 takes no IPv4" },
  { "local.in.sin_port = 0;", "", "the probe does not take the port of the socket" },
  { "s->is_tcp = domain != AF_SMC && protocol != IPPROTO_SMC;", "s->is_tcp = false;", "a descriptor that was given may be TCP's" },
  { "s->blocking = false;\n\ts->attempt", "s->attempt", "a new descriptor does not block" },
  { "if (err) {\n\t\tsock_close_descriptor(s);", "if (err) {", "a descriptor whose options fail is closed" },
}

of { "csrc/socket/errors.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble kernel/socket contract",
  { 'case ETIMEDOUT:\n\t\treturn "timeout";', 'case ETIMEDOUT:\n\t\treturn "timed out";', "LuaSocket's word" },
  { "case ECONNABORTED:\n", "", "an aborted connection is closed" },
}

of { "csrc/socket/event_loop.c", specs = "unit/limits unit/leaks unit/poller unit/socket kernel/socket contract",
  { "ioctl(s->fd, FIONBIO, &on);\n\ts->blocking = false;", "s->blocking = false;", "a descriptor that is given away does not block" },
  { "s->shared = true;\n\tlua_pushinteger", "lua_pushinteger", "a descriptor that others know never blocks" },
  { "now.sa_handler == SIG_DFL", "now.sa_handler != SIG_IGN", "a handler of SIGPIPE is kept" },
  { '== POLLOUT ? "w" : "r"', '== POLLIN ? "w" : "r"', "copas waits for what the socket waits for" },
  { 'lua_pushliteral(L, "k");', 'lua_pushliteral(L, "v");', "a poller that is garbage is collected though its sockets live" },
}

of { "csrc/socket/identity.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble kernel/socket contract",
  { 's->family == AF_INET6 ? "inet6" : s->family == AF_INET ? "inet4"', 's->family == AF_INET6 ? "inet6" : s->family == AF_INET ? "inet"', "LuaSocket's name of the family" },
  { "if (s->local.sa.sa_family != AF_UNSPEC)\n\t\treturn address_push(L, &s->local);", "", "the name is known although the connection has ended" },
  { "sock_is_connected(s) || strcmp", "strcmp", "a TCP socket that was connected has its mode" },
  { "if (s->last_errno)\n", "if (true)\n", "no errno: nil" },
}

of { "csrc/socket/input.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble kernel/socket contract",
  { "blocks ? flags : MSG_DONTWAIT", "flags", "a limit counts although the descriptor blocks" },
  { "return rc ? 0 : EPIPE;", "return 0;", "the end of the stream" },
}

of { "csrc/socket/receive.c", specs = "unit/limits unit/socket unit/socket_trouble kernel/socket contract",
  { "r->prefix_len < (size_t)limit", "r->prefix_len <= (size_t)limit", "a prefix as long as the maximum leaves no room" },
  { "r->count <= (size_t)limit", "r->count < (size_t)limit", "the maximum may be asked for" },
  { "r->limit = (size_t)limit - r->prefix_len;", "r->limit = (size_t)limit;", "the prefix counts as well" },
  { "r.pattern == COUNT && r.count <= r.prefix_len", "r.pattern == COUNT && r.count < r.prefix_len", "a prefix of all bytes waits for none" },
  { "buffer_length(&s->buffer) < room ? buffer_length(&s->buffer) : room", "buffer_length(&s->buffer)", "receiveany gives no more than was asked for" },
  { "a.used > 0 ? 0 : err", "err", "what came before the end is given" },
  { "buffer_trim(s->pool, &s->buffer);\n", "", "few bytes do not hold 64 KiB" },
}

of { "csrc/socket/gather.c", specs = "unit/limits unit/socket unit/socket_trouble kernel/socket contract",
  { "s->timeout.deadline > 0 && timeout_now() >= s->timeout.deadline", "false", "the limit is that of the whole call" },
  { "r->pattern != LINE || byte != '\\r'", "byte != '\\r'", "only lines lose their carriage returns" },
  { "kept++ == r->limit", "kept++ >= r->limit - 1", "a line may be as long as its maximum" },
  { "(r->pattern == WHOLE_LINE) : n;", "0 : n;", "a whole line has its end" },
  { "a->used = a->length + (newline && r->pattern == LINE);", "a->used = a->length;", "the newline is taken out of the buffer" },
  { "n > 0 && n >= r->count ? 0 : EAGAIN", "n >= r->count ? 0 : EAGAIN", "no bytes at all: waits for one, and leaves it" },
  { "n > r->limit ? OVERSIZED : EAGAIN", "n >= r->limit ? OVERSIZED : EAGAIN", "as many bytes as the maximum" },
  { "err == ETIMEDOUT && kept == r->limit", "false", "the partial result is shorter than the limit" },
  { "r->pattern == ALL && n > 0 ? 0 : err", "r->pattern == ALL ? 0 : err", "\"a\" of a closed connection without bytes: closed" },
  { "s->received = (lua_Integer)((lua_Unsigned)s->received + a->used);", "", "received bytes are counted" },
  { "if (counts(r, from[i]))", "if (true)", "a carriage return within a line is left out, as LuaSocket does" },
  { "!cr || cr == waiting_bytes(s) + n - 1", "!cr", "the carriage return at the end is left out", reason = "the slow way leaves it out as well" },
  { "removals != s->buffer.removals)\n\t\tn = 0;", "false)\n\t\tn = 0;", "a finalizer that reads meanwhile", reason = "that takes a finalizer which uses the socket while a string is made" },
}

of { "csrc/socket/resolver.c", specs = "unit/limits unit/leaks unit/socket unit/numbers kernel/socket contract",
  { "list->count < RESOLVER_MAX_ADDRESSES", "list->count <= RESOLVER_MAX_ADDRESSES", "33 addresses do not fit" },
  { "number <= 65535", "number < 65535", "port 65535" },
  { "passive ? 0 : 1;", "0;", "port 0 cannot be connected to" },
  { "if (family == AF_UNSPEC)\n\t\t\t\thints.ai_family = AF_INET;", "", "\"*\" is 0.0.0.0" },
  { "freeaddrinfo(found);\n", "", "the resolver's memory is freed" },
}

of { "csrc/socket/select.c", specs = "unit/limits unit/leaks unit/socket kernel/socket contract",
  { "POLLERR | POLLHUP | POLLNVAL", "POLLERR | POLLHUP", "a bad descriptor is ready, as select(2) fails for it" },
  { "set.dirty ? 0 : timeout", "timeout", "bytes in a buffer end the wait" },
  { "p->events = POLLPRI;", "", "a dirty socket is ready" },
  { "collect_descriptors(L, receivers + 1, all", "collect_descriptors(L, receivers, all", "a receiver is no sender" },
  { "lua_pushinteger(L, n);\n\tlua_rawset(L, result);", "lua_pop(L, 1);", "results are indexed by their sockets too" },
  { "fd >= 0 && fd <= 0x7fffffff ? (int)fd : -1", "(int)fd", "a number that is no descriptor is passed over" },
}

of { "csrc/socket/send.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble kernel/socket contract",
  { "blocks ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT", "blocks ? 0 : MSG_DONTWAIT", "no SIGPIPE" },
  { "(lua_Unsigned)s->sent + (size_t)rc", "(size_t)rc", "sent bytes are summed up" },
  { "first += (lua_Integer)size + 1;", "first += (lua_Integer)size;", "-1 is the last byte" },
  { "if (last > (lua_Integer)size)\n\t\tlast = (lua_Integer)size;", "", "beyond the end nothing is sent" },
  { "last < first ? *at : (size_t)last", "(size_t)last", "an empty range sends nothing" },
  { "timeout_now() - s->created);\n\treturn 3", "s->created);\n\treturn 3", "the age of a socket" },
}

of { "csrc/socket/socket.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble kernel/socket contract",
  { "if (address_is_any(&server->local))", "if (false)", "a client of a * listener has the address that was called" },
  { "SOCK_NONBLOCK | SOCK_CLOEXEC);\n\t\tif", "SOCK_NONBLOCK);\n\t\tif", "a program that is started does not inherit clients" },
  { "client->is_tcp = server->is_tcp;", "", "a client of a TCP listener is TCP" },
  { "if (made_here)\n\t\t\tdiscard_descriptor(s);", "", "a bind that failed leaves no descriptor of the wrong family" },
  { "backlog < 0 || backlog > INT_MAX", "backlog > INT_MAX", "a negative backlog is the kernel's limit" },
  { "#define LISTEN_BACKLOG 32", "#define LISTEN_BACKLOG 0", "32 connections wait" },
  { '{ "receive", "send", "both", NULL }', '{ "send", "receive", "both", NULL }', "the direction of shutdown(2)" },
  { "s->v6only = version == 6;", "", "tcp6 is for IPv6 only" },
  { "close(fd);\n\tlua_pushboolean", "lua_pushboolean", "probing leaves no descriptor" },
}

of { "csrc/socket/timeout.c", specs = "unit/limits unit/leaks unit/socket unit/socket_trouble kernel/socket contract",
  { "limit < 0 || t->total < limit", "limit < 0", "the shorter limit counts" },
  { "s->timeout.deadline >= 0 || s->blocking || s->shared", "s->timeout.deadline >= 0 || s->blocking", "a descriptor that others know is never made blocking" },
  { "case 't':\n", "", "the total limit" },
  { "if (deadline == 0)\n\t\treturn ETIMEDOUT;", "", "0 never waits" },
}

of { "csrc/socket/close.c", specs = "unit/garbage unit/socket kernel/socket contract",
  { "event_loop_close_descriptor(L, s);\n", "sock_close_descriptor(s);\n", "pollers hear of the end" },
  { "s->bound.sa.sa_family = AF_UNSPEC;\n", "", "a socket that was closed is bound nowhere" },
  { "sock_close_descriptor(s);\n\tbuffer_release(s->pool, &s->buffer);\n\treturn 0;", "buffer_release(s->pool, &s->buffer);\n\treturn 0;", "garbage is closed" },
  { "s->sent > 0 && ioctl", "ioctl", "no system call for sockets that sent nothing", reason = "a socket that sent nothing has nothing unsent: the comparison saves a system call" },
}

of { "csrc/socket/object.c", specs = "unit/limits unit/leaks unit/socket contract",
  { "s->fd = -1;", "", "a new object has no descriptor: it does not close standard input" },
  { "s->timeout.block = s->timeout.total = -1;", "", "no limit until one is set" },
}

-- ---- netlink ----

of { "csrc/netlink/attr.c", specs = "unit/netlink_bounds unit/genl unit/diag",
  { "attrs->left < 0 ? -EBADMSG : 0", "0", "a message shorter than its header is refused" },
  { "if (size > attrs->left)", "if (false)", "the last attribute need not be padded", reason = "what is left is negative then, which ends the list as well" },
  { "if (!nla_ok(attrs->next, attrs->left))\n\t\treturn -EBADMSG;", "if (!nla_ok(attrs->next, attrs->left))\n\t\treturn 0;", "an attribute that is cut short is an error" },
  { "*out = u16;", "*out = (int16_t)u16;", "integers have no sign" },
  { "*out = u32;", "*out = (int32_t)u32;", "integers have no sign" },
}

of { "csrc/netlink/fields.c", specs = "unit/netlink_bounds unit/genl unit/pnet unit/eid",
  { "value = value << 8 | bytes[i];", "value = value | (lua_Unsigned)bytes[i] << 8 * i;", "the order of the network" },
  { "while (length && text[length - 1] == ' ')\n\t\tlength--;", "", "padding is no part of a name" },
  { "strnlen(text, (size_t)nla_len(attr))", "(size_t)nla_len(attr)", "a text ends at its zero byte" },
  { "kind == SMC_NAME && (!length ||", "kind == SMC_NAME && (", "an empty name is absent" },
  { "if (!push_integer(L, field->kind, attr))\n\t\t\treturn -EBADMSG;", "push_integer(L, field->kind, attr);", "an integer of an odd size is an error" },
  { "value != 0", "value == 1", "any number but 0 is true" },
}

of { "csrc/netlink/smc_diag_message.c", specs = "unit/netlink_bounds unit/diag unit/modes unit/diag_trouble kernel/diag",
  { "if (copy->size > sizeof(copy->data))", "if (copy->size > 4000)", "a long attribute does not write beyond its place" },
  { "nla_type(attr) <= SMC_DIAG_MAX", "nla_type(attr) <= SMC_DIAG_MAX + 1", "attributes of newer kernels have no place" },
  { "s->attrs[i].size = 0;", "", "a socket has no attributes of the one before" },
  { "offset + size <= attr->size", "offset + size <= attr->size + 1", "a field that is cut short is absent" },
  { '"APPCLOSEWAIT1"', '"APPCLOSEWAIT2"', "the names of the states" },
  { "is_inet6(m->id.idiag_src) || is_inet6(m->id.idiag_dst)", "is_inet6(m->id.idiag_src)", "the peer's address tells the family too" },
  { "s->msg.diag_state != STATE_CLOSED", "true", "a closed socket is not SMC-R" },
  { "m->id.idiag_sport && !m->id.idiag_dport", "m->id.idiag_sport", "0.0.0.0 is an address of a listener only" },
  { "return side == LOCAL ? s->msg.id.idiag_sport : s->msg.id.idiag_dport;", "return s->msg.id.idiag_sport;", "each side has its port" },
}

of { "csrc/netlink/smc_diag_filter.c", specs = "unit/netlink_bounds unit/diag kernel/diag",
  { "filter->port[side] == smc_diag_port(s, side)", "filter->port[side] == smc_diag_port(s, LOCAL)", "a filter for the peer's port" },
  { "endpoint_matches(filter, s, LOCAL) &&\n\t       endpoint_matches(filter, s, PEER)", "endpoint_matches(filter, s, LOCAL)", "the peer's address and port are compared" },
  { "filter->port[side] = htons((uint16_t)n);", "filter->port[side] = (uint16_t)n;", "ports are in the order of the network" },
  { "filter->uid == m->diag_uid", "filter->uid >= m->diag_uid", "a filter for a user" },
  { "*out > max)", "*out >= max)", "the largest number is one" },
  { "memcmp(address, any, sizeof(any))", "true", "0.0.0.0 and :: are the same" },
}

of { "csrc/netlink/smc_diag.c", specs = "unit/netlink_bounds unit/diag unit/diag_trouble kernel/forged kernel/diag",
  { "if (!cookie || *slot == cookie)\n\t\treturn cookie;", "", "a socket is listed once" },
  { "count > (lua_Integer)COUNT(query->fields)", "count > (lua_Integer)COUNT(query->fields) + 1", "no more fields than there is room for" },
  { "query->fields[0] > COOKIE", "false", "the first field is never nil: a loop would end" },
  { "extensions <= UINT8_MAX", "extensions <= UINT16_MAX", "bits that the kernel does not see are refused" },
  { "if (is_incomplete(&s))", "if (false)", "an address that is missing is looked up" },
}

of { "csrc/netlink/smc_diag_record.c", specs = "unit/netlink_bounds unit/diag unit/modes unit/smcss kernel/diag",
  { "if (n >= 10)", "if (n > 10)", "10 has two digits" },
  { "if (n >= 100)", "if (n > 100)", "100 has three digits" },
  { "offset + size > attr->size)\n\t\treturn;", "offset > attr->size)\n\t\treturn;", "a name that is cut short is absent" },
  { "strnlen(p, size)", "size", "a name ends at its zero byte" },
  { 'value ? "server" : "client"', 'value ? "client" : "server"', "who is the server of a link group" },
  { "FIELD(struct smc_diag_conninfo, rmbe_size),      FIELD(struct smc_diag_conninfo, peer_rmbe_size)", "FIELD(struct smc_diag_conninfo, rmbe_size),      { \"peer_rmbe_size\", offsetof(struct smc_diag_conninfo, rmbe_size), 4 }", "each ring has its size" },
  { "CURSOR_FIELD(struct smc_diag_conninfo, rx_prod), CURSOR_FIELD(struct smc_diag_conninfo, rx_cons)", "{ \"rx_prod\", offsetof(struct smc_diag_conninfo, rx_cons), CURSOR }, { \"rx_cons\", offsetof(struct smc_diag_conninfo, rx_prod), CURSOR }", "producer and consumer" },
  { "FIELD(struct smc_diag_dmbinfo_ext, token),\n", "{ \"token\", offsetof(struct smc_diag_dmbinfo_ext, peer_token), 8 },\n", "the own memory and the peer's" },
  { "(side == LOCAL ? s->mode == MODE_TCP : code)", "code", "code 0 of a fallback is a code" },
  { "shutdown_names[mask & 3]", "shutdown_names[mask]", "bits that are not known do not read beyond the names" },
  { "while (port /= 10);", "while ((port /= 10) > 1);", "ports have all their digits" },
}

of { "csrc/netlink/inet_diag.c", specs = "unit/diag_trouble kernel/forged kernel/diag kernel/smcss",
  { "lua_toboolean(L, 2) ? 1u << TCP_LISTEN : ALL_STATES & ~(1u << TCP_LISTEN)", "ALL_STATES", "listeners and connections are not mixed" },
  { "push_address(L, family, m.id.idiag_dst);", "push_address(L, family, m.id.idiag_src);", "the peer's address" },
  { "lua_pushinteger(L, ntohs(m.id.idiag_dport));", "lua_pushinteger(L, ntohs(m.id.idiag_sport));", "the peer's port" },
}

of { "csrc/netlink/transport.c", specs = "unit/netlink_bounds unit/diag unit/diag_trouble unit/genl kernel/forged kernel/diag kernel/outside",
  { "} while (from.nl_pid);", "} while (false);", "datagrams of other processes are no answers" },
  { "if (transport->sock && msg->nlmsg_seq != transport->seq)\n\t\t\tcontinue;", "", "answers to other requests are skipped", reason = "a socket asks once, so that the kernel has nothing else to say on it" },
  { "return !err && transport->interrupted ? -EINTR : err;", "return err;", "a list that changed while it was sent is not complete" },
  { "case NLMSG_OVERRUN:\n\t\t\treturn -ENOBUFS;", "case NLMSG_OVERRUN:\n\t\t\tcontinue;", "lost messages are an error" },
  { "return err < 0 && err >= -4095 ? err : 0;", "return err;", "an errno that is none is not believed" },
  { "if (NLMSG_ALIGN(msg->nlmsg_len) < (unsigned int)size)", "if (true)", "the last message need not be padded" },
  { "if (transport->sock)\n\t\tnl_socket_free(transport->sock);", "", "the socket is closed" },
  { "free(transport->datagram);\n", "", "a datagram is freed" },
  { "if (from.nl_pid)\n\t\t\tfree(bytes);", "", "a foreign datagram is freed", reason = "each costs its sender, who has CAP_NET_ADMIN, a message" },
}

of { "csrc/netlink/dump.c", specs = "unit/netlink_bounds unit/diag unit/diag_trouble unit/garbage kernel/forged kernel/diag",
  { "size <= SMC_DATAGRAM_MAX", "size < SMC_DATAGRAM_MAX", "the largest datagram" },
  { "smc_transport_close(&dump->transport);\n\tif (!ret)", "if (!ret)", "a list that has ended holds no socket" },
  { "dump->raised = -ret;", "", "the errno of what was raised" },
  { "dump->first = NULL;\n\tsmc_transport_close(&dump->transport);\n\treturn 0;", "dump->first = NULL;\n\treturn 0;", "a loop that was left holds no socket" },
  { "dump->first = NULL;\n\tsmc_transport_close(&dump->transport);\n\treturn 0;", "smc_transport_close(&dump->transport);\n\treturn 0;", "after close there is no message" },
}

of { "csrc/netlink/genl.c", specs = "unit/genl unit/eid unit/pnet kernel/eid kernel/pnet kernel/outside",
  { "id > 0 && id <= UINT16_MAX ? (int)id : -EBADMSG", "(int)id", "an answer without a number is an error" },
  { "err == -ENOENT ? -EAFNOSUPPORT : err", "err", "no family: no SMC" },
  { "strlen(attr.data) + 1;", "strlen(attr.data);", "texts end with a zero byte" },
}

of { "csrc/netlink/eid.c", specs = "unit/eid kernel/eid",
  { "memset(padded, ' ', sizeof(padded));", "memset(padded, 0, sizeof(padded));", "UEIDs are padded with blanks" },
  { "length <= sizeof(padded)", "length < sizeof(padded)", "a UEID of 32 characters" },
}

of { "csrc/netlink/linkgroup.c", specs = "unit/netlink_bounds unit/genl pair/smcr",
  { "SMC_NLA_LGR_D_PEER_GID, SMC_INTEGER", "SMC_NLA_LGR_D_GID, SMC_INTEGER", "the peer's GID" },
  { "{ NLA_LGR_D_EXT_GID = 10, NLA_LGR_D_PEER_EXT_GID }", "{ NLA_LGR_D_EXT_GID = 11, NLA_LGR_D_PEER_EXT_GID = 10 }", "the other half of a GID" },
  { '"rmb_alloc", NLA_LGR_R_RMB_ALLOC', '"rmb_alloc", NLA_LGR_R_SNDBUF_ALLOC', "memory for receiving" },
  { '"peer_link_uid", SMC_NLA_LINK_PEER_UID, SMC_NETWORK', '"peer_link_uid", SMC_NLA_LINK_PEER_UID, SMC_INTEGER', "link numbers are in the order of the network" },
}

of { "csrc/netlink/stats.c", specs = "unit/netlink_bounds unit/genl kernel/readback",
  { '"client_v2", SMC_NLA_STATS_T_CLNT_V2_SUCC', '"client_v2", SMC_NLA_STATS_T_SRV_V2_SUCC', "who connected" },
  { '"tx_bytes", SMC_NLA_STATS_T_TX_BYTES', '"tx_bytes", SMC_NLA_STATS_T_RX_BYTES', "the direction" },
  { "{ NLA_STATS_T_RX_RMB_USAGE = 20, NLA_STATS_T_TX_RMB_USAGE }", "{ NLA_STATS_T_TX_RMB_USAGE = 20, NLA_STATS_T_RX_RMB_USAGE }", "the direction" },
}

of { "csrc/netlink/device.c", specs = "unit/genl kernel/readback kernel/tools",
  { '"pchid", SMC_NLA_DEV_PCI_CHID', '"pchid", SMC_NLA_DEV_PCI_FID', "a PCHID is no FID" },
  { '"port2", SMC_NLA_DEV_PORT2', '"port2", SMC_NLA_DEV_PORT', "each port is its own" },
}

of { "csrc/netlink/pnet.c", specs = "unit/pnet kernel/pnet",
  { "smc_genl_string(L, 2, SMC_PNETID_ETHNAME)", "smc_genl_string(L, 2, SMC_PNETID_IBNAME)", "an interface is no device" },
  { "port = (char)smc_check_int(L, 4, 0, UINT8_MAX", "port = (char)1 + 0 * smc_check_int(L, 4, 0, UINT8_MAX", "the port of a device" },
}

-- ---- processes, files, clocks ----

of { "csrc/process/process.c", specs = "unit/leaks unit/numbers unit/run_process",
  { "close(fd);\n\tif (ready", "if (ready", "a wait with a limit leaves no descriptor" },
  { "WEXITED | WNOHANG | WNOWAIT", "WEXITED | WNOHANG", "looking does not take the status" },
  { "WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)", "WEXITSTATUS(status)", "the signal that ended it" },
  { "while (ready == 0 && left > 0)", "while (false)", "a wait of more than an hour goes on" },
  { "smc_check_int(L, 2, 0, INT_MAX", "(int)luaL_checkinteger(L, 2); (void)(\"\"", "a number that does not fit sends no other signal" },
  { "smc_check_int(L, arg, 1, INT_MAX, \"process ID\")", "smc_check_int(L, arg, -1, INT_MAX, \"process ID\")", "-1 would be every process" },
}

of { "csrc/process/spawn.c", specs = "unit/run_process kernel/run",
  { "sigaddset(&defaults, SIGPIPE);", "", "a program that is started has the usual SIGPIPE" },
  { "posix_spawnattr_setsigmask(attr, &none);", "", "a program that is started has no signal blocked" },
  { "close_fds(child->theirs);\n\treturn err;", "return err;", "the child's ends of pipes are closed here: else there is no end of file" },
  { "if (fd > STDERR_FILENO)\n\t\treturn fd;", "return fd;", "pipes work with closed standard streams" },
  { "pipe2(ends, O_CLOEXEC)", "pipe2(ends, 0)", "another program does not inherit the pipes" },
  { "i ? O_WRONLY : O_RDONLY", "O_RDONLY", "output to nowhere is no error" },
  { "lua_type(L, i) == LUA_TSTRING", "lua_isstring(L, i)", "numbers in argv would move" },
  { "close_fds(child->ours);\n\t\tclose_fds(child->theirs);", "", "a pipe that failed leaves no descriptors" },
}

of { "csrc/process/executable.c", specs = "unit/run_convertible kernel/run",
  { "st.st_mode & S_ISUID && st.st_uid != getuid()", "st.st_mode & S_ISUID", "a program of one's own gains nothing" },
  { "(st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP)", "(st.st_mode & S_ISGID)", "setgid without the execute bit is a lock" },
  { "if (!S_ISREG(st.st_mode))\n\t\treturn smc_push_error(L, EACCES, path);", "", "a directory is no program" },
}

of { "csrc/sysfs/async_write.c", specs = "unit/async_write unit/leaks unit/ism_power",
  { "signal(SIGPIPE, SIG_IGN);", "", "a writer whose caller has gone still writes", reason = "it would end by SIGPIPE after its write instead of by _exit: nobody waits for it" },
  { "setsid();", "", "Ctrl-C does not end a write" },
  { "close(ends[1]);\n", "", "the end of the writer is seen" },
  { "while (got < 0 && errno == EINTR);", "while (false);", "a signal does not leave a child behind", reason = "lua5.4 has a handler for SIGINT only, and the child ends at once" },
  { "err = EIO;", "err = 0;", "a writer that was killed has not written" },
  { "close_all_but(report);", "", "a blocked writer holds no sockets open" },
}

of { "csrc/sysfs/sysfs.c", specs = "unit/leaks unit/ism unit/garbage",
  { "err == ENOENT || err == ENODEV || err == ENXIO", "true", "an attribute that cannot be read is no absent one" },
  { "close(fd);\n\terrno = err;", "errno = err;", "attributes are closed" },
  { "O_RDONLY | O_NOCTTY | O_NONBLOCK", "O_RDONLY | O_NOCTTY", "a fifo does not hang" },
  { "smc_close_descriptor(directory);\n", "", "a directory is closed at once" },
}

of { "csrc/sysfs/uevent.c", specs = "unit/ism kernel/forged kernel/watch kernel/outside",
  { "from.nl_pid == 0 ? message + n : message", "message + n", "events of other processes are not believed" },
  { "if (!equals || equals == at)\n\t\t\tcontinue;", "if (!equals)\n\t\t\tcontinue;", "a line without a name is none", reason = "the kernel sends none; the fuzzer does" },
  { "length - (size_t)(equals + 1 - at)", "length - (size_t)(equals - at)", "a value ends with its line" },
}

of { "csrc/poller/epoll.c", specs = "unit/leaks unit/limits unit/poller kernel/signals",
  { "events |= EPOLLIN | EPOLLRDHUP;", "events |= EPOLLIN;", "a peer that has ended is an event", reason = "the end of the peer's data is EPOLLIN too" },
  { "events |= EPOLLET;", "", "edge-triggered" },
  { "if (n < 0 && errno != EINTR)", "if (n < 0)", "a signal is no error" },
  { '{ "e", "r", "w", "rw" }', '{ "e", "r", "w", "r" }', "both events" },
  { "epoll_create1(EPOLL_CLOEXEC)", "epoll_create1(0)", "a program that is started does not inherit pollers" },
}

of { "csrc/poller/signalfd.c", specs = "unit/leaks unit/limits unit/poller kernel/signals",
  { "&&\n\t\t    !held[i].blocked_before", "", "what was blocked before stays blocked" },
  { "SFD_CLOEXEC | SFD_NONBLOCK", "SFD_NONBLOCK", "a program that is started does not inherit signals" },
  { "if (smc_close_descriptor(&s->descriptor))\n", "smc_close_descriptor(&s->descriptor);\n", "closing twice" },
  { "{ \"USR1\", SIGUSR1 }", "{ \"USR1\", SIGUSR2 }", "each signal has its name" },
}

of { "csrc/common/lua_util.c", specs = "unit/leaks unit/garbage unit/socket unit/poller unit/timer",
  { "if (fd >= 0)\n\t\tclose(fd);", "", "descriptors are closed" },
  { "descriptor->fd = -1;\n\tif", "if", "closing twice does not close another's" },
  { "strlen(text) == length", "true", "zero bytes are not cut silently" },
  { "if (err != EMFILE && err != ENFILE)\n\t\treturn false;", "if (err != EMFILE)\n\t\treturn false;", "the system's limit", reason = "ENFILE needs a host without files" },
}

of { "csrc/common/number.c", specs = "unit/limits unit/numbers unit/socket unit/poller",
  { "milliseconds >= INT_MAX", "milliseconds > 1e300", "a wait of more than 24 days has no limit", reason = "on x86-64 a double that is too large becomes the smallest integer, which is no limit either" },
  { "return whole < milliseconds ? whole + 1 : whole;", "return whole;", "a short wait does not spin" },
  { "if (seconds != seconds)", "if (0)", "NaN is no time" },
  { "number < lowest || number > highest", "number < lowest", "numbers are not cut" },
}

of { "csrc/common/clock.h", specs = "unit/socket unit/timer unit/numbers",
  { "(seconds - (double)t.tv_sec) * 1e9", "(seconds - (double)t.tv_sec) * 1e6", "a second has a billion nanoseconds" },
  { "else if (seconds > 1e9)\n\t\tseconds = 1e9;", "", "an infinite time is no undefined behaviour" },
}

of { "csrc/os/file.c", specs = "unit/leaks unit/garbage unit/numbers unit/proc unit/faults",
  { "while (errno = 0, (entry = readdir(*directory)))", "while ((entry = readdir(*directory)))", "an error is no end of a directory" },
  { "closedir(*directory);\n\t*directory = NULL;\n\treturn err", "return err", "directories are closed at once" },
  { "if (entry->d_name[0] == '.')\n\t\t\tcontinue;", "", "names that begin with a dot" },
  { "errno == EINTR)\n\t\tsmc_run_signal_hooks(L);", "false)\n\t\t;", "a signal is no error of read", reason = "lua5.4 has a handler for SIGINT only, whose hook ends the program" },
}

of { "csrc/os/timer.c", specs = "unit/leaks unit/timer unit/numbers",
  { "every.it_interval.tv_nsec = 1;", "", "an interval of 0 does not stop the timer" },
  { "TFD_CLOEXEC | TFD_NONBLOCK", "TFD_NONBLOCK", "a program that is started does not inherit timers" },
}

-- ---- the library for LD_PRELOAD ----

of { "csrc/preload/preload.c", specs = "unit/run_preload kernel/run kernel/run_connect",
  { "protocol == 0 || protocol == IPPROTO_TCP", "true", "other protocols are left alone" },
  { "(type & TYPE_MASK) == SOCK_STREAM &&\n\t       (protocol", "(type & SOCK_STREAM) &&\n\t       (protocol", "raw sockets are left alone" },
  { "domain == AF_INET ? SMCPROTO_SMC : SMCPROTO_SMC6", "SMCPROTO_SMC", "IPv6 stays IPv6" },
  { "if (fd >= 0)\n\t\terrno = saved;", "", "errno is the program's" },
  { "if (smc_preload_fallback()) {", "if (true) {", "TCP only where the user allowed it" },
  { "if (buffer_size(fd, option) < bytes)", "if (true)", "no privilege is used without need" },
}

of { "csrc/preload/config.c", specs = "unit/run_preload",
  { "bytes *= 1024;", "bytes *= 1000;", "k is 1024" },
  { "*p || bytes > MAX_SIZE", "bytes > MAX_SIZE", "a size with other letters is none" },
  { "text && text[0] != '0'", "text", "SMC_DEBUG=0 is off" },
}

of { "csrc/preload/getsockopt.c", specs = "unit/run_preload kernel/run_connect",
  { "if (info.tcpi_segs_in)\n\t\treturn ECONNREFUSED;", "return ECONNREFUSED;", "silence is no refusal" },
  { "|| info.tcpi_bytes_received", "", "a connection that has ended did not fail" },
  { "look.revents == POLLHUP", "true", "a socket that is connected has no error" },
  { "errno = saved;\n\treturn 0;", "return 0;", "errno is the program's" },
}

of { "csrc/preload/line.c", specs = "unit/run_preload",
  { "line->used < sizeof(line->text) - 1", "line->used < sizeof(line->text)", "room for the line's end" },
  { "domain != AF_UNIX", "false", "a message is not written into a connection" },
}

-- ---- Lua ----

of { "lua/smc/internal/cursor.lua", specs = "unit/cursor unit/check",
  { "1 << 16", "1 << 15", "a cursor counts 65536 rounds" },
  { "1 << 16 -- a", "1 << 32 -- a", "a cursor counts 65536 rounds" },
  { "position.count <= ring_size", "position.count < ring_size", "a cursor stands at the end of its ring" },
  { "before and before.token ~= now.token", "false", "the cursors of two connections are not compared" },
  { '"tx_prod", "peer_rmbe_size"', '"tx_prod", "rmbe_size"', "what was sent is in the peer's ring" },
  { '"rx_prod", "rmbe_size"', '"rx_cons", "rmbe_size"', "what was received" },
}

of { "lua/smc/internal/addresses.lua", specs = "unit/watches unit/diag unit/diag_trouble unit/smcss kernel/diag kernel/smcss",
  { "found[key] = false", "", "an ambiguous address is not believed" },
  { "port << 16 | peer_port", "port << 16", "connections of one port differ" },
  { "if record.peer_port then record.peer_address = entry[2] end", "", "the peer's address" },
  { 'if errno == E.ENOENT then return end', "if true then return end", "addresses that cannot be read are an error" },
}

of { "lua/smc/internal/modprobe.lua", specs = "unit/watches unit/system unit/faults",
  { 'command == "alias" and name == ALIAS and rest == "off"', 'false', "alias net-pf-43 off" },
  { 'program == "false" or program == "true"', 'program == "false"', "install smc /bin/true" },
  { 'how == "install" or how and not found', "how and not found", "what prevents even modprobe is said first" },
  { 'name:find("%.conf$")', "true", "modprobe reads .conf files only" },
  { 'key == "modprobe.blacklist" and names(list, MODULE)', 'key == "modprobe.blacklist" and list:find(MODULE, 1, true)', "smc_diag is not smc" },
  { 'key == "module_blacklist" and names(list, MODULE)', 'false', "the kernel's own list" },
  { ':find("^1")', ':find("1")', "no module can be loaded", reason = "the file has a 0 or a 1" },
}

of { "lua/smc/internal/kernel_config.lua", specs = "unit/watches unit/system",
  { '"=([ym])%f[^%w]"', '"=(%w)"', "a value other than y and m" },
  { '"\\n# " .. name .. " is not set"', '"# " .. name', "# CONFIG_SMC is not set" },
}

of { "lua/smc/internal/text.lua", specs = "unit/text unit/app",
  { '"[%c\\127-\\255]"', '"[%c]"', "DEL, and bytes above 127" },
  { "if columns and columns > 0 then", "if columns then", "COLUMNS=0" },
}

of { "lua/smc/internal/visible.lua", specs = "unit/text",
  { "{ 0x2028, 0x202e }", "{ 0x2028, 0x2029 }", "text does not change its direction" },
  { "{ 0x80, 0x9f }", "{ 0x80, 0x9a }", "C1 control characters, of which 0x9b begins a sequence" },
  { "if not valid then out[#out + 1]", "if false then out[#out + 1]", "bytes that are no character" },
}

of { "lua/smc/internal/wrapping.lua", specs = "unit/text",
  { "length(current) + 1 + length(word) > width", "length(current) + length(word) > width", "no line is longer than the width" },
}

of { "lua/smc/internal/hex.lua", specs = "unit/limits unit/ism unit/genl unit/mistakes",
  { "#digits > 8", "#digits > 9", "an ID has 8 digits" },
  { "value > LARGEST", "value > LARGEST + 1", "an ID has 32 bits" },
}

of { "lua/smc/internal/filter.lua", specs = "unit/limits unit/genl unit/answers pair/smcr",
  { "return #kept > 0", "return true", "a group without a part that matches is none" },
  { "entry[shape.parts] = entry[shape.parts] and kept", "", "parts that do not match are left out" },
}

of { "lua/smc/internal/file.lua", specs = "unit/garbage unit/faults",
  { "collectgarbage()\n", "", "garbage gives back its descriptors" },
  { 'errno == E.EMFILE or errno == E.ENFILE', "errno == E.ENFILE", "the limit of the process" },
}

of { "lua/smc/internal/watch.lua", specs = "unit/watches unit/ism unit/diag kernel/watch",
  { "events, 0, false", "events, 0, true", "a watch that has read is not behind" },
  { "self.is_behind = true\n  local events", "local events", "an error is followed by another try" },
  { 'until not received and errno ~= E.ENOBUFS', "until true", "the queue is emptied after an overflow" },
  { "self.is_behind or self.at < #self.events", "self.at < #self.events", "a watch that is behind is ready" },
  { "self.source:close()\n", "", "a watch gives back its descriptor" },
}

of { "lua/smc/internal/proc.lua", specs = "unit/proc unit/faults kernel/diag",
  { "[E.ESRCH] = true }", "}", "a process that has just ended is no error", reason = "it ends between two reads of /proc" },
  { '(name:gsub("\\n$", ""))', "name", "a name without its newline" },
  { "not wanted or wanted[inode]", "true", "only the sockets that are asked for" },
}

of { "lua/smc/check/verdict.lua", specs = "unit/check kernel/check_proof",
  { "moved ~= bytes", "moved < 0", "bytes that did not move through shared memory prove nothing" },
  { "if not moved then", "if false then", "cursors that are not known prove nothing" },
  { "if here == there then return nil end", "if true then return nil end", "both sides see the same memory" },
  { "answer.mode ~= mode then", "false then", "both sides see the same mode" },
  { 'after.mode ~= before.mode', "false", "a connection that falls back is no success" },
  { "facts.data or facts.sent == facts.to_send", "true", "the whole probe is sent" },
  { "if facts.answer_fault then", "if false then", "half an answer is none" },
  { "record.peer_port and record.peer_port ~= peer.port", "false", "the record names the peer's port" },
  { "bare(record.peer_address) ~= bare(peer.address)", "false", "the record names the peer's address" },
  { 'record.state ~= "ACTIVE"', "false", "a connection that has ended proves nothing" },
  { "if data.fault then return data.fault end", "", "data that differ are no proof" },
  { "counted[way[1]] < way[2]", "false", "the kernel's counters count the bytes" },
  { 'mode ~= "SMC-D" and mode ~= "SMC-R"', "false", "a mode that is not known" },
}

of { "lua/smc/check/evidence.lua", specs = "unit/watches unit/check kernel/check_proof",
  { "sent >= cursor.most(info.connection.peer_rmbe_size)", "false", "a cursor that went round is no count" },
  { 'token = dmb.peer_token and ("%016x"):format(dmb.peer_token)', 'token = dmb.peer_token and ("%016x"):format(dmb.token)', "the peer's memory" },
  { "ext and ext ~= 0 and", "ext and", "an empty half of a GID is not shown" },
}

of { "lua/smc/check/protocol.lua", specs = "unit/check kernel/check_server kernel/check_proof",
  { "port < protocol.PORT + protocol.PORTS", "port <= protocol.PORT + protocol.PORTS", "no probe to a port that is not a check server's" },
  { "#data < protocol.SIZE", "#data < protocol.SIZE - 1", "the whole probe is awaited" },
  { "GREETING:sub(1, #data) then return false", "GREETING:sub(1, #data) then return nil", "what is no probe is no longer collected" },
  { 'code ~= 0 and reason.get(code)', "reason.get(code)", "0 is no reason" },
  { "size > LARGEST_BLOCK or #sizes", "false or #sizes", "a client cannot ask for endless data" },
  { "#sizes == MOST_BLOCKS", "false", "a client cannot ask for endless blocks" },
  { "length > message.MAX", "false", "a peer cannot fill the memory" },
}

of { "lua/smc/check/server.lua", specs = "unit/check kernel/check_server kernel/check_proof",
  { "self.count >= self.max_clients", "self.count > self.max_clients", "no more clients than the maximum" },
  { "client ~= keep and", "true and", "the client that is answered is not closed to make room" },
  { "client.seen < oldest.seen", "client.seen > oldest.seen", "the oldest client makes room" },
  { "self.clients[client], self.count = nil, self.count - 1", "self.clients[client] = nil", "a full house has room again" },
  { "if errno ~= E.EADDRINUSE then", "if true then", "the next port is tried" },
  { "loop.pause(socket.monotonic() + PAUSE)", "loop.pause()", "a server without free descriptors pauses" },
}

of { "lua/smc/check/session.lua", specs = "unit/check kernel/check_server kernel/check_proof",
  { "return client.seen + host.idle_seconds", "return math.huge", "idle clients are closed" },
  { "if not request then return end", "if not request then request = {} end", "what is no probe has no answer" },
}

of { "lua/smc/check/loop.lua", specs = "unit/watches unit/check kernel/check_server kernel/check_proof",
  { "deadline and deadline <= time", "false", "a task that waits too long is told" },
  { "self.count = self.count - 1", "", "tasks that have ended are not counted" },
  { "coroutine.close(task.thread)\nend\n", "end\n", "a task that is cancelled closes what it has" },
}

of { "lua/smc/check/reach.lua", specs = "kernel/forged unit/check kernel/check_proof kernel/unreachable",
  { "local hangs = errno == E.ETIMEDOUT and core.tcp_state(sock) == \"ACTIVE\"\n  sock:close()", "local hangs = errno == E.ETIMEDOUT and core.tcp_state(sock) == \"ACTIVE\"", "a refused attempt leaves no socket" },
  { "(#addresses - i + 1)", "1", "no address uses up the time of the others" },
}

of { "lua/smc/check/requirement.lua", specs = "unit/check kernel/check_proof",
  { 'required == "SMC" or report.mode == required', "true", "the mode that is required" },
  { "report.success = false\n", "", "another mode is no success" },
}

of { "lua/smc/diag.lua", specs = "unit/diag unit/mistakes kernel/diag",
  { "link_group = 2, dmb = 8", "link_group = 2, dmb = 4", "the kernel's bit of DMBINFO" },
  { "every_extension = 1 | 2 | 8", "every_extension = 1 | 2", "all details" },
}

of { "lua/smc/diag/watch.lua", specs = "unit/watches unit/diag unit/numbers kernel/watch",
  { "found[socket.cookie] = socket", "found[socket.inode] = socket", "an inode that is used again is another socket" },
  { "before.state ~= now.state or before.mode ~= now.mode", "before.state ~= now.state", "a fallback is a change" },
  { "(event.received or 0) == 0 and (event.sent or 0) == 0", "(event.received or 0) == 0", "sending is movement" },
}

of { "lua/smc/eid.lua", specs = "unit/eid kernel/eid",
  { "#ueid > MAX_LENGTH", "#ueid > MAX_LENGTH + 1", "32 characters" },
  { 'is_new and ueid:find("..", 1, true)', "false", "two dots in a row" },
  { "if errno == E.EAGAIN then", "if false then", "the last UEID is removed although the kernel says EAGAIN" },
  { "errno == (is_wanted and E.EEXIST or E.ENOENT)", "false", "another process may have done it" },
}

of { "lua/smc/pnet.lua", specs = "unit/pnet unit/mistakes kernel/pnet",
  { "#name > 15", "#name > 16", "a name of an interface has 15 characters" },
  { "#upper > MAX_LENGTH", "#upper > MAX_LENGTH + 1", "16 characters" },
  { "if not entry.ibdev then entry.ibport = nil end", "", "an interface has no port" },
  { "if not refused then return true end", "if true then return true end", "half of an entry is no success" },
  { "elseif old.ibport ~= entry.ibport then", "elseif false then", "the other port of a device is said" },
  { "port > MAX_PORTS", "port > MAX_PORTS + 1", "two ports" },
}

of { "lua/smc/pnet/interface.lua", specs = "unit/pnet_interface",
  { "local MAX_NESTING <const> = 8", "local MAX_NESTING <const> = 1", "a VLAN on a bond" },
  { "for _, netdev in ipairs { base, name } do", "for _, netdev in ipairs { name } do", "the PNET ID of the device below" },
  { "port = portno or port", "", "the port of a channel path" },
}

of { "lua/smc/ism/user_pnetids.lua", specs = "unit/ism kernel/pnet pair/smcr",
  { "entry.ibdev == ibdev.ibdev and entry.ibport == ibdev.ibport", "entry.ibdev == ibdev.ibdev", "the port of a PNET ID" },
}

of { "lua/smc/ism.lua", specs = "unit/limits unit/ism unit/ism_recorded unit/mistakes kernel/readback",
  { "if not filter.all and not", "if false and not", "other functions are listed by all only" },
  { "before.power == on then return before, false", "before.power == on then return before, true", "nothing was changed" },
}

of { "lua/smc/ism/pci.lua", specs = "unit/limits unit/ism unit/ism_recorded",
  { '["1\\n"] = true, ["0\\n"] = false', '["1\\n"] = true, ["0\\n"] = false, ["2\\n"] = true', "a state that is not known is none" },
  { "#name == 8 and", "true and", "a slot's name of 8 digits is an FID" },
  { "ibport - 1", "ibport", "ports are counted from 0" },
  { "record.vfn ~= 0", "record.vfn == 0", "a virtual function" },
  { "if a.fid ~= b.fid then return a.fid < b.fid end", "", "the list is in the order of the FIDs" },
}

of { "lua/smc/ism/power.lua", specs = "unit/async_write unit/leaks unit/ism_power",
  { "math.max(deadline, monotonic() + 0.1)", "deadline", "the state is read at least once after the write", reason = "the deadline is later but when the write took all of the time" },
  { "elseif state == words[on] then", "elseif false then", "what is on is not switched on" },
  { 'now.mode ~= "SMC-D"', 'now.mode == "TCP"', "an SMC-D socket that has lost its device" },
  { 'socket.inode ~= 0 and', "", "sockets that nobody has are not in the way" },
}

of { "lua/smc/ism/watch.lua", specs = "unit/ism kernel/watch",
  { 'if uevent.SUBSYSTEM ~= "pci" then return nil end', "", "events of other subsystems" },
  { "source:close()\n", "", "a watch that cannot begin leaves no descriptor" },
  { "elseif action ~= \"add\" or known[address] then", "elseif action ~= \"add\" then", "a function that is known is not added" },
}

of { "lua/smc/json.lua", specs = "unit/limits unit/json unit/smcss",
  { 'if not utf8.len(value) then', "if false then", "JSON is valid UTF-8" },
  { "depth > DEEPEST", "depth > 1e6", "a table that contains itself" },
  { 'gid = \'"%016x"\', peer_gid', 'gid = \'"%x"\', peer_gid', "a GID has 16 digits" },
  { "value[1] ~= nil or next(value) == nil", "value[1] ~= nil", "an empty table is a list" },
}

of { "lua/smc/linkgroup.lua", specs = "unit/limits unit/genl unit/answers pair/smcr",
  { 'elseif not group or not group.links then', "elseif not group then", "a link without a link group" },
  { '{ [0] = "client", "server" }', '{ [0] = "server", "client" }', "who is the server" },
  { 'record.version = v2.version or 1', "record.version = v2.version", "a link group without a version 2 part" },
}

of { "lua/smc/device.lua", specs = "unit/limits unit/genl unit/answers",
  { "ports[number].valid", "true", "ports that are not there" },
  { 'port.pnetid_by_user and "user" or "hardware"', '"user"', "where the PNET ID is from" },
}

of { "lua/smc/poller.lua", specs = "unit/leaks unit/limits unit/poller kernel/signals",
  { "if before and before.sock ~= sock then forget(self, fd) end", "", "a descriptor that is used again" },
  { 'and entry.events ~= "w" then', "then", "who waits for room only gets no input" },
  { "if entry and entry.sock:getfd() == fd then", "if entry then", "a socket that was closed in the loop" },
  { 'if ready[2 * i] == "w" then ready[2 * i] = "rw"', 'if ready[2 * i] == "w" then ready[2 * i] = "w"', "bytes in the buffer are input" },
  { "dirty and 0 or timeout", "timeout", "bytes in a buffer end the wait" },
  { "if self.entries[fd] then self.entries[fd].events = events end", "", "modify changes what is awaited" },
  { "forget(self, fd)\n  sock_core.watch(sock, self, nil)\n  return ok", "sock_core.watch(sock, self, nil)\n  return ok", "a socket that was removed is not looked at" },
  { "known or errno ~= E.EEXIST", "true", "what epoll knows of a call that failed" },
  { "ready[0] = 0\n", "", "events are given once" },
}

of { "lua/smc/process.lua", specs = "unit/limits unit/leaks unit/run_process unit/mistakes",
  { "number > HIGHEST_SIGNAL", "number > HIGHEST_SIGNAL + 1", "64 signals" },
  { "self.parent ~= core.getpid()", "false", "a copy of the object after fork ends nothing" },
  { "if ending then\n    forget_descriptor(self)", "if ending then", "the end gives back the descriptor" },
  { "if self.ending or self.lost then return -1 end", "", "a process that has ended has no descriptor" },
  { "signal == nil and \"TERM\"", "signal == nil and \"HUP\"", "TERM" },
}

of { "lua/smc/reason/codes.lua", specs = "unit/reason",
  { "{ 0x03030007, \"NOSMCD2DEV\"", "{ 0x03030017, \"NOSMCD2DEV\"", "the code of the kernel" },
}

of { "lua/smc/reason.lua", specs = "unit/limits unit/reason",
  { "by_code[code - 0x90000000]", "nil", "the codes of AIX"  },
  { "args.range(0, 0xffffffff)", "args.range(0)", "codes have 32 bits" },
}

of { "lua/smc/run.lua", specs = "unit/limits unit/run_environment unit/run_convertible unit/run_process kernel/run",
  { "bytes > MAX_SIZE", "bytes >= MAX_SIZE", "1m" },
  { "bytes < MIN_SIZE", "bytes <= MIN_SIZE", "8k" },
  { 'inherited .. ":" .. library', 'library', "other preloaded libraries stay" },
  { 'if not name:find("[%s:$]") then', 'if not name:find("[%s:]") then', "ld.so takes $ for a variable" },
  { "1 << 12", "1 << 11", "CAP_NET_ADMIN" },
  { 'env.SMC_DEBUG = options.debug and "1" or "0"', 'env.SMC_DEBUG = "1"', "debug = false" },
}

of { "lua/smc/run/elf.lua", specs = "unit/run_convertible",
  { "offset > size - count", "offset > size", "a section that ends beyond the file", reason = "the kernel does not start such a program either" },
  { "value & DF_1_PIE ~= 0", "value ~= 0", "a program that is loaded anywhere" },
  { "#head < layout.size", "#head < 20", "a head that is cut short" },
  { 'head:byte(6) == 2 and ">" or "<"', '"<"', "the order of bytes" },
}

of { "lua/smc/run/shebang.lua", specs = "unit/run_shebang",
  { "local BYTES <const> = 256", "local BYTES <const> = 255", "the kernel reads 256 bytes" },
  { 'line = line:gsub("[ \\t]+$", "")', 'line = line:gsub("[\\t]+$", "")', "blanks at the end" },
}

of { "lua/smc/run/program.lua", specs = "unit/run_shebang unit/run_convertible",
  { "local DEPTH <const> = 5", "local DEPTH <const> = 4", "five nested interpreters" },
  { "own.bits ~= image.bits or own.machine ~= image.machine", "own.bits ~= image.bits", "another machine" },
  { "if answer[3] == E.EACCES then denied = denied or answer end", "", "a file that may not be executed is said" },
}

of { "lua/smc/socket.lua", specs = "unit/options_outside unit/limits unit/leaks unit/socket unit/socket_trouble unit/mistakes kernel/socket contract",
  { "if not ok then sock:close() return nil, explained(message) end\n  end", "if not ok then return nil, explained(message) end\n  end", "a refused local address leaves no socket" },
  { 'sock:setoption("reuseaddr", true)\n', "", "a server that is started again" },
  { 'inet = 4, inet4 = 4, inet6 = 6', 'inet = 0, inet4 = 4, inet6 = 6', "inet is IPv4" },
  { "if inode and connected then modes[sock] = \"TCP\" end", "", "the mode of a TCP socket" },
  { 'select("#", ...)', "2", "skip beyond the end" },
}

of { "lua/smc/socket/dns.lua", specs = "unit/limits unit/leaks unit/socket contract",
  { 'if address.family == "inet" then', "if true then", "toip gives IPv4, as LuaSocket" },
  { 'if #record.ip == 0 then', "if false then", "a host without IPv4" },
}

of { "lua/smc/socket/ltn12.lua", specs = "unit/limits unit/leaks unit/socket contract",
  { "length = length - #chunk", "length = length - ltn12.block_size()", "a source by length", reason = "only the last piece is shorter than a block" },
  { "kept = partial or \"\"\n    if not chunk", "if not chunk", "a timeout loses nothing" },
}

of { "lua/smc/stats.lua", specs = "unit/limits unit/genl unit/answers unit/tools",
  { "entry.client - was.client & REASON_MASK", "entry.client - was.client", "a counter of 16 bits" },
  { "now.boot ~= before.boot or now.namespace ~= before.namespace", "now.boot ~= before.boot", "another network namespace" },
  { "LEVELS[key] and value or", "", "a level is no counter" },
  { "change.seconds <= 0", "change.seconds < 0", "no time has passed" },
}

of { "lua/smc/system.lua", specs = "unit/limits unit/system unit/answers kernel/sysctl",
  { 'raw.ism_v2 and 2 or 1', '2', "the version of the ISM devices" },
}

of { "lua/smc/cli/app/output.lua", specs = "unit/app unit/smcss kernel/endings",
  { "status = status == 0 and app.failure or status", "", "output that is lost is a failure" },
  { "if not called then return INTERRUPTED end", "", "Ctrl-C while the output is written" },
  { "reader_gone = true\n    return false", "return false", "nothing is written after the reader has gone", reason = "writing again has the same answer" },
  { "if is_reader_gone(errno) then\n    reader_gone", "if false then\n    reader_gone", "a reader that goes is no failure" },
}

of { "lua/smc/cli/app/arguments.lua", specs = "unit/limits unit/app unit/tools",
  { "seconds > 0 and seconds < 1e9", "seconds < 1e9", "a time of 0" },
  { "port <= 65535", "port <= 65536", "port 65536" },
}

of { "lua/smc/cli/app/inputs.lua", specs = "unit/limits unit/app kernel/endings kernel/echo_server",
  { "ignored & 1 ~= 0", "ignored & 2 ~= 0", "nohup" },
  { 'elseif errno == E.ESPIPE then\n    return', 'elseif errno == E.ESPIPE then', "a pipe is not read before" },
}

of { "lua/smc/cli/getopt.lua", specs = "unit/smcss unit/pnet unit/tools unit/app",
  { "not option.whole and", "", "a new option has no abbreviation" },
  { 'if not found[2] then return found[1] end', 'if true then return found[1] end', "an ambiguous word" },
}

of { "lua/smc/cli/smcss/columns.lua", specs = "unit/limits unit/smcss kernel/smcss",
  { "excess > 0 and not wide", "excess >= 0 and not wide", "an address that fits is not cut" },
  { "uid < 1 << 31", "uid < 1 << 32", "the original's signed user ID" },
  { "excess - 2", "excess - 1", "the columns stay in line" },
}

of { "lua/smc/cli/smcd/abbreviate.lua", specs = "unit/tools",
  { "if #text < 4 then", "if #text < 5 then", "1000 is 1.000K" },
  { "10 ^ before then", "10 ^ before + 1 then", "99999 is rounded up" },
}

of { "lua/smc/cli/smcd/baseline.lua", specs = "unit/tools unit/answers",
  { 'if type(at) ~= "table" then return false end', "", "a damaged file is no traceback" },
  { "if first ~= HEADER then", "if false then", "another file" },
  { "os.rename(new, path)", "os.rename(new, new)", "the file is replaced at once" },
}

of { "examples/echo_server.lua", specs = "kernel/echo_server",
  { "if self.paused then", "if false then", "after a full house clients are served again" },
  { "client.sent + 1", "1", "what was sent is not sent again" },
  { "now - client.active > self.idle_timeout", "now - client.active < self.idle_timeout", "idle clients" },
}

of { "examples/send_data.lua", specs = "kernel/send_data",
  { "chunk:sub(self.offset + 1, self.offset + n) ~= piece:sub(at, at + n - 1)", "false", "an echo that differs" },
  { "self.window.held > 0 do", "false do", "the whole echo is awaited" },
}

of { "examples/smc_run.lua", specs = "unit/run_process kernel/run",
  { 'words[i] ~= "--" do', "true do", "-- ends the options" },
  { "errno == E.ENOENT and NOT_FOUND or NOT_EXECUTABLE", "NOT_EXECUTABLE", "127: not found" },
}

of { "examples/smc_chk.lua", specs = "unit/check kernel/check_proof kernel/scripts",
  { 'TCP = 1, ["no connection"] = NO_RESULT', 'TCP = 0, ["no connection"] = NO_RESULT', "a fallback is no success" },
  { "and OTHER_MODE or STATUS", "and SMC or STATUS", "another mode than required" },
}

-- ---- handshakes ----

of { "lua/smc/handshake/clc.lua", specs = "unit/handshake_bounds unit/handshake",
  { "Accept = { 48, 78 }", "Accept = { 68, 78 }", "the smallest Accept is that of SMC-D" },
  { 'header.type == "Decline" and length ~= size', "false", "a Decline has one length" },
  { "elseif length > #bytes then", "elseif length > #bytes + 1 then", "a message that is cut off" },
  { 'if header.version == 0 then fields.refuse("its version is 0") end', "", "version 0" },
  { 'header.type ~= "Decline" and not EYECATCHERS[trailer]', "false", "the eyecatcher at the end" },
  { "v1 = flags & 3, v2 = flags >> 2 & 3", "v1 = flags >> 2 & 3, v2 = flags & 3", "which path is of which version" },
}

of { "lua/smc/handshake/fields.lua", specs = "unit/handshake_bounds unit/handshake",
  { "if at + count > self.stop then", "if at + count > self.stop + 1 then", "fields end with the message" },
  { "if offset > stop then", "if false then", "an area that begins behind the message" },
  { 'self:take(size):gsub("[ \\0]+$", "")', "self:take(size)", "padding is no part of a name" },
  { "chid >= 0xff00", "chid > 0xff00", "emulated ISM devices" },
}

of { "lua/smc/handshake/proposal.lua", specs = "unit/handshake_bounds unit/handshake",
  { "if count > most then", "if count > most + 1 then", "at most eight" },
  { "found.release, found.seid_enabled = flags >> 4, flags & 1 == 1", "found.release, found.seid_enabled = flags >> 4, flags & 1 == 0", "whether the SEID counts" },
  { "last.chid == chid and not last.gid_ext", "last.chid == chid", "a GID has two halves at most" },
  { "area:number(2) + area.offset", "area:number(2) + area.offset - 2", "offsets count from behind their field" },
  { "connections, links = area:number(1), area:number(1)\n  if SMC_R", "links, connections = area:number(1), area:number(1)\n  if SMC_R", "connections, then links" },
  { 'if header.v1 ~= 2 then', "if true then", "without version 1 there are no prefixes" },
}

of { "lua/smc/handshake/agreement.lua", specs = "unit/handshake_bounds unit/handshake",
  { "SMALLEST_BUFFER <const> = 14", "SMALLEST_BUFFER <const> = 15", "the smallest buffer has 16 KiB" },
  { "SMALLEST_MTU <const> = 7", "SMALLEST_MTU <const> = 8", "an MTU of 1 is 256 bytes" },
  { "dmb = { gid = area:long(), token = area:long()", "dmb = { token = area:long(), gid = area:long()", "GID, then token" },
  { "sizes >> 4) + SMALLEST_BUFFER\n  found.mtu = 1 << (sizes & 15)", "sizes & 15) + SMALLEST_BUFFER\n  found.mtu = 1 << (sizes >> 4)", "the halves of a byte" },
  { "header.v2 & 2 == 2 }", "header.v2 & 1 == 1 }", "the bit of the first contact" },
  { "direct >> 7 == 1", "direct & 1 == 1", "the bit of a direct route" },
  { 'header.type == "Confirm" and found.mode == "SMC-R")', 'found.mode == "SMC-R")', "only a Confirm has the client's GIDs" },
}

of { "lua/smc/handshake/decline.lua", specs = "unit/handshake_bounds unit/handshake",
  { "header.v2 & 2 == 2", "header.v2 & 1 == 1", "whether the link group ends as well" },
  { "if header.version > 1 then found.further", "if header.version > 0 then found.further", "version 1 has one reason" },
}

of { "lua/smc/handshake/segment.lua", specs = "unit/handshake_bounds unit/handshake",
  { "fragment & 0x1fff ~= 0", "fragment ~= 0", "\"don't fragment\" is no fragment" },
  { "8 * (length + 1)", "8 * length", "the length of an extension of IPv6" },
  { "length >= 6 and bytes:sub(at + 2, at + 5) == MAGIC", "length >= 6", "the magic of the option" },
  { "kind ~= 1 and length < 2", "false", "an option without a length is no endless loop" },
  { "payload = bytes:sub(data, stop - 1)", "payload = bytes:sub(data)", "padding of Ethernet is no payload" },
  { "words >> 4 < 5 or data > stop", "data > stop", "the header of TCP has 20 bytes" },
}

of { "lua/smc/handshake/stream.lua", specs = "unit/handshake_bounds unit/handshake",
  { "distance < 0x80000000 and distance or distance - 0x100000000", "distance", "sequence numbers go round" },
  { "payload:sub(known + 1)", "payload", "what was seen before is not seen again" },
  { "distance > WINDOW or self.count >= MOST_WAITING", "false", "segments that wait have a limit" },
  { "not known or #known < #payload", "not known", "the longer of two segments" },
  { "length > clc.LONGEST", "false", "a stream that cannot be a message is given up" },
}

of { "lua/smc/handshake/pcap.lua", specs = "unit/handshake_bounds unit/handshake",
  { '["\\x4d\\x3c\\xb2\\xa1"] = { "<", 1e-9 }', '["\\x4d\\x3c\\xb2\\xa1"] = { "<", 1e-6 }', "nanoseconds" },
  { '["\\xa1\\xb2\\xc3\\xd4"] = { ">", 1e-6 }', '["\\xa1\\xb2\\xc3\\xd4"] = { "<", 1e-6 }', "the order of bytes" },
  { "if length <= MOST then return length end", "if true then return length end", "a length that is none does not fill the memory" },
  { "& 0xffff)", ")", "the upper half of the link type is another field" },
}

of { "lua/smc/handshake/pcapng.lua", specs = "unit/handshake_bounds unit/handshake",
  { "length % 4 == 0", "true", "blocks are aligned" },
  { "value & 0x80 ~= 0 and 2.0 ^ -(value & 0x7f) or 10.0 ^ -value", "10.0 ^ -value", "times in powers of two" },
  { "(length + 3 & ~3)", "length", "options are padded" },
  { "#body < 20 + length", "#body < length", "a packet is in its block" },
  { "if from.snap > 0 then length = math.min(length, from.snap) end", "", "a simple packet is as long as was captured" },
}

of { "csrc/os/pattern.c", specs = "unit/limits unit/check unit/numbers",
  { "if (i == 0 || at % 8 == 0)", "if (i == 0 || i % 8 == 0)", "from any offset on the stream is the same" },
  { "word >> at % 8 * 8", "word >> i % 8 * 8", "from any offset on the stream is the same" },
  { "INT_MAX - offset", "INT_MAX", "the end of the stream does not overflow" },
}

return list
