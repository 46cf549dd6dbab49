--- Conclusions from IP subnets: SMC v1 needs one that both sides are in, SMCv2 does not.
-- @module smc.handshake.conclusions.subnets

local common = require "smc.internal.lists".common
local ip = require "smc.internal.ip"
local say = require "smc.handshake.conclusions.say"

local subnets = {}

local function versions_1(offers)
  local found = {}
  for _, one in ipairs(offers) do
    if one:find "v1$" then found[#found + 1] = one end
  end
  return found
end

local function all_subnets(addresses)
  local found = {}
  for i, address in ipairs(addresses) do found[i] = ip.subnet(address) end
  return found
end

local function contains(list, address)
  for _, subnet in ipairs(list) do
    if ip.is_in(address, subnet) then return true end
  end
  return false
end

local TEXT <const> = "The hosts are in different IP subnets: %s. %s %s the same one, with the same prefix "
  .. "length; SMCv2 does not."

--- Adds what the subnets mean.
-- @tparam table view
-- @tparam table found
function subnets.conclude(view, found)
  local proposal, server = view.proposal, view.facts.server or {}
  local of_client = proposal.ipv6_prefixes or { proposal.subnet } -- none without version 1
  if #of_client == 0 then return end
  local offered = versions_1(proposal.offers)
  local of_server = server.subnets and all_subnets(server.subnets)
  local address = view.handshake.server.address:gsub("^::ffff:(%d+%.)", "%1")
  if of_server and common(of_client, of_server) then return end
  if not of_server and contains(of_client, address) then return end
  say.add(found, view, "path", {
    subject = "subnets",
    text = TEXT:format(say.both(view, table.concat(of_client, ", "),
      of_server and table.concat(of_server, ", ") or address), table.concat(offered, " and "),
      #offered == 1 and "needs" or "need"),
    evidence = "the IP prefixes in the Proposal, and the server's address",
    command = "ip address",
  })
end

return subnets
