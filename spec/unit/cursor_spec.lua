local cursor = require "smc.internal.cursor"

local SIZE <const> = 65504 -- of a ring of SMC-D: 64 KiB less the CDC message
local LAST <const> = 65535 -- round that the kernel counts

local function at(wrap, count)
  return { wrap = wrap, count = count }
end

describe("a cursor", function()
  -- before, now, bytes in between
  local MOVES <const> = {
    { "stands still", at(0, 0), at(0, 0), 0 },
    { "moves in a round", at(0, 10), at(0, 4106), 4096 },
    { "moves to the end of the ring", at(0, 0), at(1, 0), SIZE },
    { "is at the end of a round, or at the start of the next", at(0, SIZE), at(1, 0), 0 },
    { "enters the next round", at(0, SIZE - 1), at(1, 1), 2 },
    { "goes many rounds", at(3, 100), at(10, 50), 7 * SIZE - 50 },
    { "enters the round that is counted as 0", at(LAST, SIZE - 1), at(0, 0), 1 },
    { "goes on in that round", at(LAST, 0), at(2, 7), 3 * SIZE + 7 },
    { "goes all rounds but for 50 bytes", at(5, 100), at(5, 50), (LAST + 1) * SIZE - 50 },
    { "goes all rounds but for one", at(5, 100), at(4, 100), LAST * SIZE },
  }

  for _, move in ipairs(MOVES) do
    it(move[1], function() assert.equal(move[4], cursor.moved(move[2], move[3], SIZE)) end)
  end

  it("tells every distance in a small ring, from everywhere", function()
    local size <const> = 3
    for from = 0, 4 * size do
      for distance = 0, 4 * size do
        -- The rounds begin near the end of what is counted, and go beyond it.
        local function reading(bytes) return at((LAST - 2 + bytes // size) % (LAST + 1), bytes % size) end
        assert.equal(distance, cursor.moved(reading(from), reading(from + distance), size))
      end
    end
  end)

  it("is not guessed where a reading is missing, or is none of this ring", function()
    for _, case in ipairs {
      { nil, at(0, 1), SIZE }, { at(0, 1), nil, SIZE },
      { at(0, 1), at(0, 2), nil }, { at(0, 1), at(0, 2), 0 },
      { at(0, SIZE + 1), at(1, 0), SIZE }, { at(0, 0), at(0, SIZE + 1), SIZE },
    } do
      assert.is_nil(cursor.moved(case[1], case[2], case[3]))
    end
  end)

  it("looks the same after as many bytes as `most` says", function()
    assert.equal(65536 * SIZE, cursor.most(SIZE))
  end)
end)

describe("a connection's cursors", function()
  local function connection(changes)
    local c = {
      token = 7, sndbuf_size = 100, rmbe_size = 200, peer_rmbe_size = 300,
      rx_prod = at(0, 10), tx_prod = at(0, 20), tx_sent = at(0, 30), tx_prep = at(0, 30), tx_fin = at(0, 30),
    }
    for key, value in pairs(changes or {}) do c[key] = value end
    return c
  end

  it("tell what was written into each side's ring, in rounds of that ring", function()
    local now = connection { tx_prod = at(1, 0), rx_prod = at(1, 0), tx_sent = at(99, 0) }
    assert.equal(280, cursor.sent(connection(), now))
    assert.equal(190, cursor.received(connection(), now))
  end)

  it("have moved from the start where there is no earlier reading", function()
    assert.equal(20, cursor.sent(nil, connection()))
    assert.equal(10, cursor.received(nil, connection()))
  end)

  it("tell nothing of two connections, of none, or without the cursor", function()
    assert.is_nil(cursor.sent(connection(), connection { token = 8 }))
    assert.is_nil(cursor.sent(connection(), nil))
    assert.is_nil(cursor.sent(nil, nil))
    assert.is_nil(cursor.sent({}, connection()))
    local now = connection()
    now.tx_prod = nil
    assert.is_nil(cursor.sent(connection(), now))
    assert.is_nil(cursor.sent(now, connection()))
    assert.is_nil(cursor.sent(nil, now))
    assert.equal(0, cursor.received(connection(), now))
  end)
end)
