-- The object stats of smcd(8) and smcr(8).

local abbreviate = require "smc.cli.smcd.abbreviate"
local stats = require "smc.stats"
local printable = require "smc.internal.text".printable
local app = require "smc.cli.app"
local tools = require "smc.cli.smcd.tools"

local SIZES <const> = { "8K", "16K", "32K", "64K", "128K", "256K", "512K" }
local BUCKETS <const> = { "8K", "16K", "32K", "64K", "128K", "256K", "512K", "1024K", "more" }
local REASONS_SHOWN <const> = 3

local function usage(tool)
  return ("Usage: %s stats [show | reset]\n"):format(tool.name)
end

local function line(label, number, rest)
  app.write(("  %-25s%14d%s\n"):format(label, number, rest or ""))
end

local function percentage(part, whole)
  return (" (%.2f%%)"):format(whole > 0 and part / whole * 100 or 0)
end

local function by_role(client, server)
  return (" (client %d, server %d)"):format(client, server)
end

-- The name of a reason as in the original, which has different names for three of them.
local function name_of(code)
  local own = { [0x03010000] = "PEER_NO_SMC", [0x01010000] = "MEMORY", [0x03000000] = "CNF_ERR" }
  return own[code] or require "smc.reason".get(code).name or ("0x%08x"):format(code)
end

local function print_reasons(fallback, role)
  local found = {}
  for _, entry in ipairs(fallback.reasons) do
    if entry[role] > 0 then found[#found + 1] = entry end
  end
  table.sort(found, function(a, b) return a[role] > b[role] or a[role] == b[role] and a.code < b.code end)
  if #found > 0 then app.write(role == "server" and "    Server\n" or "    Client\n") end
  for i = 1, math.min(#found, REASONS_SHOWN) do
    app.write(("     %-12s            %12d\n"):format(name_of(found[i].code), found[i][role]))
  end
end

local function print_summary(tool, all, t, smc)
  local details = tool.level > 0
  local errors, fallback = all.handshake_errors, all.fallback
  local failed, fell_back = (errors.client or 0) + (errors.server or 0), fallback.client + fallback.server
  app.write(tool.technology, " Connections Summary\n")
  line("Total connections handled", smc + failed + fell_back)
  line("SMC connections", smc,
    details and by_role(t.client_v1 + t.client_v2, t.server_v1 + t.server_v2))
  if details then
    line("  v1", t.client_v1 + t.server_v1)
    line("  v2", t.client_v2 + t.server_v2)
  end
  line("Handshake errors", failed, details and by_role(errors.client or 0, errors.server or 0))
  -- With the precision of the original.
  local average = string.unpack("f", string.pack("f", smc > 0 and (t.rx_requests + t.tx_requests) / smc or 0))
  app.write(("  Avg requests per SMC conn  %14.1f\n"):format(average))
  line("TCP fallback", fell_back, details and by_role(fallback.client, fallback.server))
  if details then
    print_reasons(fallback, "server")
    print_reasons(fallback, "client")
  end
end

local function print_sizes(label, sizes)
  local row = { "  " .. label .. "   " }
  for i, size in ipairs(SIZES) do
    row[i + 1] = ("%6s"):format(abbreviate(sizes[size]))
  end
  row[#row + 1] = ("%6s"):format(abbreviate(sizes["1024K"] + sizes.more))
  app.write(row[1], table.concat(row, "  ", 2), "\n")
end

local function print_direction(tool, t, way)
  local rmb, requests = t[way .. "_rmb"], t[way .. "_requests"]
  local bytes, usage_now = t[way .. "_bytes"], t[way .. "_rmb_usage"] or 0
  app.write("\n", way:upper(), " Stats\n")
  app.write(("  Data transmitted (Bytes) %14d (%s)\n"):format(bytes, abbreviate(bytes)))
  line("Total requests", requests)
  line("Buffer usage (Bytes)", usage_now, (" (%s)"):format(abbreviate(usage_now)))
  line("Buffer full", rmb.full, percentage(rmb.full, requests))
  if way == "tx" then
    line("Buffer full (remote)", rmb.full_peer, percentage(rmb.full_peer, requests))
    line("Buffer too small", rmb.small, percentage(rmb.small, requests))
    line("Buffer too small (remote)", rmb.small_peer, percentage(rmb.small_peer, requests))
  end
  if tool.level > 0 then
    line("Buffer downgrades", rmb.downgrade)
    line("Buffer reuses", rmb.reuse)
  end
  app.write("            8KB    16KB    32KB    64KB   128KB   256KB   512KB  >512KB\n")
  print_sizes("Bufs", t[way .. "_rmb_sizes"])
  print_sizes("Reqs", t[way .. "_sizes"])
end

local function print_text(tool, all)
  local t = all[tool.is_smcd and "smcd" or "smcr"]
  local smc = t.client_v1 + t.client_v2 + t.server_v1 + t.server_v2
  print_summary(tool, all, t, smc)
  print_direction(tool, t, "rx")
  print_direction(tool, t, "tx")
  app.write("\nExtras\n")
  line("Special socket calls", t.cork + t.nodelay + t.sendpage + t.splice + t.urgent_data)
  if tool.level > 0 then
    line("  cork", t.cork)
    line("  nodelay", t.nodelay)
    line("  sendpage", t.sendpage)
    line("  splice", t.splice)
    line("  urgent data", t.urgent_data)
  end
end

-- The JSON of the original, with its names in their order.
local function original_json(tool, all)
  local t = all[tool.is_smcd and "smcd" or "smcr"]
  local fields = {}
  local function add(name, value) fields[#fields + 1] = ('"SMC_%s":%d'):format(name, value or 0) end
  for _, kind in ipairs { { "INT", "_rmb_sizes" }, { "USR", "_sizes" } } do
    for _, way in ipairs { "tx", "rx" } do
      for _, size in ipairs(BUCKETS) do
        local name = size == "more" and "G_1024K" or size
        add(("%s_%s_BUF_%s"):format(kind[1], way:upper(), name), t[way .. kind[2]][size])
      end
    end
  end
  for _, way in ipairs { "tx", "rx" } do
    local rmb, prefix = t[way .. "_rmb"], "INT_" .. way:upper() .. "_BUF_"
    add(prefix .. "SIZE_SM_PEER_CNT", rmb.small_peer)
    add(prefix .. "SIZE_SM_CNT", rmb.small)
    add(prefix .. "FULL_PEER_CNT", rmb.full_peer)
    add(prefix .. "FULL_CNT", rmb.full)
    add(prefix .. "REUSE_CNT", rmb.reuse)
    add(prefix .. "ALLOC_CNT", rmb.alloc)
    add(prefix .. "DGRADE_CNT", rmb.downgrade)
  end
  for _, pair in ipairs {
    { "CLNT_V1_SUCC_CNT", "client_v1" }, { "CLNT_V2_SUCC_CNT", "client_v2" },
    { "SRV_V1_SUCC_CNT", "server_v1" }, { "SRV_V2_SUCC_CNT", "server_v2" },
    { "SENDPAGE_CNT", "sendpage" }, { "URG_DATA_CNT", "urgent_data" }, { "SPLICE_CNT", "splice" },
    { "CORK_CNT", "cork" }, { "NDLY_CNT", "nodelay" }, { "RX_BYTES", "rx_bytes" }, { "TX_BYTES", "tx_bytes" },
    { "RX_CNT", "rx_requests" }, { "TX_CNT", "tx_requests" }, { "RX_RMB_USAGE", "rx_rmb_usage" },
    { "TX_RMB_USAGE", "tx_rmb_usage" },
  } do
    add(pair[1], t[pair[2]])
  end
  app.write(('{"%s": {%s}}\n'):format(tool.is_smcd and "SMCD" or "SMCR", table.concat(fields, ",")))
end

-- The values of the API for this technology, with the meaning of the reasons.
local function own_json(tool, all)
  local reason = require "smc.reason"
  local value = { handshake_errors = all.handshake_errors, fallback = all.fallback, seconds = all.seconds }
  local name = tool.is_smcd and "smcd" or "smcr"
  value[name] = all[name]
  for _, entry in ipairs(value.fallback.reasons) do
    local known = reason.get(entry.code)
    entry.name, entry.meaning, entry.advice = known.name, known.meaning, known.advice
  end
  app.print_json(value)
end

-- The counters since the baseline, or the absolute ones if there is no baseline or the user asked for them.
local function since_baseline(tool, now)
  if tool.absolute then return now end
  local baseline = require "smc.cli.smcd.baseline"
  local path = tool.baseline or baseline.file(now.namespace or "")
  local before, message
  if path then before, message = baseline.read(path) end
  if message then
    tools.fail(("cannot read the baseline: %s; --absolute shows the counters without it"):format(
      printable(message)))
  end
  return before and tools.demand(stats.since(before, now)) or now
end

local function keep(tool, now)
  local baseline = require "smc.cli.smcd.baseline"
  local path = tool.baseline
  if not path then
    local file, folder = baseline.file(now.namespace or "")
    if not file then tools.fail("cannot save the baseline: " .. folder) end
    baseline.make_folder(folder)
    path = file
  end
  local ok, message = baseline.write(path, now)
  if not ok then tools.fail("cannot save the baseline: " .. printable(message)) end
end

return function(tool, words)
  local command = words[1] or "show"
  local shows, resets, json = tools.abbreviates(command, "show"), tools.abbreviates(command, "reset"),
    tools.abbreviates(command, "json")
  if #words > 1 or not (shows or resets or json) then tools.misuse(usage(tool)) end
  local now = tools.demand(stats.get())
  local shown = since_baseline(tool, now)
  if tool.json then
    own_json(tool, shown)
  elseif json then
    original_json(tool, shown)
  else
    print_text(tool, shown)
  end
  if resets then keep(tool, now) end
end
