-- What the reader of chapters and their writers know alike of blocks.

local M = {}

--- The classes of callouts, and the English word that each is named by.
M.CALLOUTS = {
  note = "Note", tip = "Tip", important = "Important", warning = "Warning", caution = "Caution",
}

--- The classes of code that say how to print it; the others name languages.
M.CODE_OPTIONS = {numberLines = true, ["number-lines"] = true, lineAnchors = true}

function M.is_numbered(code)
  return code.classes:includes "numberLines" or code.classes:includes "number-lines"
end

--- Make every text a paragraph: where it stood it needed no more.
function M.paragraphs(blocks)
  return blocks:map(function(block)
    return block.t == "Plain" and pandoc.Para(block.content) or block
  end)
end

return M
