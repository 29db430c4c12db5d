-- What the reader of chapters and their writers know alike of blocks.

local M = {}

--- The classes of callouts, and the English word that each is named by.
M.CALLOUTS = {
  note = "Note", tip = "Tip", important = "Important", warning = "Warning", caution = "Caution",
}

--- Make every text a paragraph: where it stood it needed no more.
function M.paragraphs(blocks)
  return blocks:map(function(block)
    return block.t == "Plain" and pandoc.Para(block.content) or block
  end)
end

return M
