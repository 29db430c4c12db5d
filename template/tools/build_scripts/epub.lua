-- What the EPUB needs beyond the document that every format is written from.

--- E-readers know callouts by their role.
function Div(div)
  for _, class in ipairs {"note", "tip", "important", "warning", "caution"} do
    if div.classes:includes(class) then
      div.classes:insert(1, "callout")
      div.attributes["role"] = "note"
      return div
    end
  end
end

--- Former ids follow their heading: its text goes to the contents, where nothing may be empty.
function Header(header)
  local places = pandoc.Inlines {}
  header.content = header.content:walk {
    Span = function(span)
      if span.identifier == "" or #span.content > 0 then return nil end
      places:insert(span)
      return {}
    end,
  }
  return #places > 0 and {header, pandoc.Plain(places)} or nil
end

--- A wide table scrolls by itself; the page does not.
function Table(tbl)
  return pandoc.Div({tbl}, {class = "table"})
end

--- Code reads from left to right in every book. Numbers that do not begin at one are left out:
-- the attribute that pandoc writes for them is not allowed in an EPUB.
function CodeBlock(code)
  if code.attributes["startFrom"] then
    code.attributes["startFrom"] = nil
    code.classes = code.classes:filter(function(class)
      return class ~= "numberLines" and class ~= "number-lines"
    end)
  end
  code.attributes["dir"] = "ltr"
  return code
end

--- An image without a description is decoration; without the attribute its file name is read.
function Image(image)
  if #image.caption == 0 then image.attributes["alt"] = "" end
  return image
end
