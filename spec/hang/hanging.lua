-- What spec/unit/hang_spec.lua lets hang.
describe("the first", function()
  it("waits for a process", function()
    local sleep <close> = assert(io.popen "echo 'a child'; sleep 1000")
    assert.equal("a child\n", sleep:read("a"))
  end)

  it("comes after it", function() print "went on" end)
end)
