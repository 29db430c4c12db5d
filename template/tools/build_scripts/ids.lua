-- The ids of a book: what an author wrote, made unique, and the paths that links mean.

-- Ids with these prefixes are the author's labels and hold for the whole book.
local BOOK_WIDE = {sec = true, fig = true, tbl = true, lst = true, eq = true, gls = true}

local M = {}

--- The kind of label that an id is: "fig" for `fig-pool`, nil for what is no label.
function M.kind(id)
  local kind = id:match("^(%a+)%-.")
  return BOOK_WIDE[kind] and kind or nil
end

function M.is_book_wide(id)
  return M.kind(id) ~= nil
end

--- The id that an author's id, unique in a chapter, has in the book.
function M.qualify(id, chapter)
  return M.is_book_wide(id) and id or chapter.prefix .. id
end

--- Undo percent-encoding, where that gives text.
function M.decode(text)
  local bytes = text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  return utf8.len(bytes) and bytes or text
end

--- The path, relative to the book's root, that a link in a directory means; nil when it leaves it.
function M.resolve(directory, link)
  local parts = {}
  local whole = link:sub(1, 1) == "/" and link or directory .. "/" .. link
  for part in whole:gmatch("[^/]+") do
    if part == ".." then
      if #parts == 0 then return nil end
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, "/")
end

-- What stands in a text until the whole book is known (fill.py puts the real thing there). Unicode
-- promises that no text holds these two characters, and every writer lets them pass.
local OPEN, CLOSE = "\u{FDD0}", "\u{FDD1}"

--- A placeholder for the n-th (from 0) of a chapter's links ("L"), images ("I"), references ("R").
-- `plain` makes one of a reference's words ("P") of the last.
function M.placeholder(kind, n)
  return OPEN .. kind .. n .. CLOSE
end

--- The same text with plain words for its references: where no link can stand.
function M.plain(text)
  return (text:gsub(OPEN .. "R(%d+)" .. CLOSE, OPEN .. "P%1" .. CLOSE))
end

return M
