--- Words for conclusions: the sides are named as seen from this host if it is one of them.
-- @module smc.handshake.conclusions.say

local say = {}

local OTHER <const> = { client = "server", server = "client" }

--- The side with this role: `"local"` or `"peer"`; the role itself if this host is neither.
-- @tparam table view `here`
-- @tparam string role `"client"` or `"server"`
function say.side(view, role)
  if not view.here then return role end
  return role == view.here and "local" or "peer"
end

--- A side as the subject of a sentence.
function say.who(view, role)
  if not view.here then return "the " .. role end
  return role == view.here and "this host" or "the peer"
end

--- The subject at the beginning of a sentence, with its verb.
-- @tparam table view
-- @tparam string role
-- @tparam string verb in the third person
function say.verb(view, role, verb)
  return say.who(view, role):gsub("^%l", string.upper) .. " " .. verb
end

--- What the client and the server have: "here A; there B".
function say.both(view, of_client, of_server)
  if not view.here then return ("the client %s; the server %s"):format(of_client, of_server) end
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
-- @tparam table finding `subject`, `text`, `evidence` and `command`
function say.add(found, view, role, finding)
  finding.side = role == "path" and role or say.side(view, role)
  found[#found + 1] = finding
end

return say
