--- Words of conclusions: who is meant, as seen from the side that asks.
-- @module smc.handshake.say

local say = {}

local OTHER <const> = { client = "server", server = "client" }

--- Whether a side of the connection is this host: `"local"` or `"peer"`.
-- @tparam table view `here`
-- @tparam string role `"client"` or `"server"`
function say.side(view, role)
  return role == view.here and "local" or "peer"
end

--- This host or the peer, as the subject of a sentence.
function say.who(view, role)
  return role == view.here and "this host" or "the peer"
end

--- The subject with its verb.
-- @tparam table view
-- @tparam string role
-- @tparam string verb as after "they"
-- @tparam[opt] string third the third person, if it is not made by an s
function say.verb(view, role, verb, third)
  return say.who(view, role) .. " " .. (third or verb .. "s")
end

--- What the client has and what the server has: "here A; there B".
function say.both(view, of_client, of_server)
  local here, there = of_client, of_server
  if view.here == "server" then here, there = of_server, of_client end
  return ("here %s; there %s"):format(here, there)
end

--- The other role.
function say.other(role)
  return OTHER[role]
end

--- Adds a finding.
-- @tparam table found
-- @tparam table view
-- @tparam string role whose side it is: `"client"`, `"server"`, or `"path"`
-- @tparam table finding
function say.add(found, view, role, finding)
  finding.side = role == "path" and role or say.side(view, role)
  found[#found + 1] = finding
end

return say
