using FieldSupport.Domain.Shared;
using Xunit;

namespace FieldSupport.Domain.Tests.Shared;

public sealed class CutTextTests
{
    [Theory]
    [InlineData("", 3, "", "")]
    [InlineData("abc", 3, "abc", "abc")]
    [InlineData("abcd", 3, "abc", "abc…")]
    [InlineData("ab😀", 4, "ab😀", "ab😀")]
    [InlineData("ab😀c", 4, "ab😀", "ab😀…")]
    [InlineData("ab😀", 3, "ab", "ab…")] // within the character
    [InlineData("😀", 1, "", "…")]
    [InlineData("abc", 0, "", "…")]
    public void A_text_is_cut_between_characters(string text, int most, string cut, string shortened)
    {
        Assert.Equal(cut, CutText.To(text, most));
        Assert.Equal(shortened, CutText.Short(text, most));
    }
}
