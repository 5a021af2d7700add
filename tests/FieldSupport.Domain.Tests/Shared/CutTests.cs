using System.Text;
using FieldSupport.Domain.Refills;
using FieldSupport.Domain.Shared;
using FsCheck.Xunit;
using Xunit;

namespace FieldSupport.Domain.Tests.Shared;

public sealed class CutTests
{
    [Theory]
    [InlineData(null, 3, null)]
    [InlineData("", 0, "")]
    [InlineData("box", 3, "box")]
    [InlineData("boxes", 3, "box")]
    [InlineData("boxes", 0, "")]
    [InlineData("ab📦c", 2, "ab")]
    [InlineData("ab📦c", 3, "ab")] // the third unit is half of the box
    [InlineData("ab📦c", 4, "ab📦")]
    [InlineData("📦", 1, "")]
    public void A_text_is_cut_before_a_character_that_does_not_fit(string? text, int most, string? cut) => Assert.Equal(cut, Cut.To(text, most));

    [Theory]
    [InlineData(null, null)]
    [InlineData("abc", "abc")]
    [InlineData("abcd", "abc…")]
    [InlineData("ab d", "ab…")]
    [InlineData("ab📦", "ab…")]
    public void What_was_cut_for_a_reader_says_so(string? text, string? shown) => Assert.Equal(shown, Cut.Shown(text, 3));

    [Property]
    public bool No_cut_makes_half_a_character_of_a_whole_one(char[] letters, bool[] boxes, byte most)
    {
        var text = string.Concat((letters ?? []).Where(c => !char.IsSurrogate(c)).Select((c, i) => boxes is { Length: > 0 } && boxes[i % boxes.Length] ? "📦" : c.ToString()));
        var cut = Cut.To(text, most % 20);
        return cut.Length <= most % 20 && text.StartsWith(cut, StringComparison.Ordinal) && text.Length - cut.Length is var rest && (rest == 0 || cut.Length >= most % 20 - 1)
            && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)) == cut;
    }

    [Fact]
    public void A_rule_that_quotes_a_text_quotes_whole_characters()
    {
        var typed = string.Concat(Enumerable.Repeat("📦", 60));
        foreach (var text in new[] { typed, "x" + typed })
        {
            Assert.False(ReceivingHours.TryParse(text, out _, out var wrong));
            foreach (var said in new[] { wrong!, WrittenDate.Read(text, new(2026, 11, 24)).Sentence! })
                Assert.Equal(said, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(said)));
        }
    }
}
