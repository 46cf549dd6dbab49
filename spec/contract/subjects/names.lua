-- Names and statistics.
return function(peer)
  local ours, between = peer.ours, peer.between

  it("tells names, families, and statistics", function()
    local sock = peer.connect()
    assert.same({ peer.host, peer.port, "inet" }, { sock:getpeername() })
    local address, port, family = sock:getsockname()
    assert.same({ "string", "inet" }, { type(address), family })
    if ours then assert.equal("integer", math.type(port)) end
    assert.equal(tostring(port), (peer.remote("return (select(2, data:getpeername()))"):gsub("%.0$", "")))
    assert.equal("inet4", sock:getfamily())
    sock:send("12345")
    peer.remote "data:send('123')"
    sock:receive(2)
    local received, sent, age = sock:getstats()
    assert.same({ 2, 5 }, { received, sent })
    between(0, age, 60)
    assert.equal(1, sock:setstats(100, 200, 3600))
    sock:receive(1)
    received, sent, age = sock:getstats()
    assert.same({ 101, 200 }, { received, sent })
    between(3600, age, 3660)
    sock:close()
  end)
end
