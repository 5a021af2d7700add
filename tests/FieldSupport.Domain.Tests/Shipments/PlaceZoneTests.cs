using FieldSupport.Domain.Shipments;
using Xunit;

namespace FieldSupport.Domain.Tests.Shipments;

public class PlaceZoneTests
{
    [Theory]
    [InlineData("37201", "TN", "America/Chicago")]
    [InlineData("37402", "TN", "America/New_York")]
    [InlineData("37388", "TN", "America/Chicago")]
    [InlineData("40202", "KY", "America/New_York")]
    [InlineData("42101", "KY", "America/Chicago")]
    [InlineData("46402", "IN", "America/Chicago")]
    [InlineData("47708", "IN", "America/Chicago")]
    [InlineData("46204", "IN", "America/New_York")]
    [InlineData("32501", "FL", "America/Chicago")]
    [InlineData("33126", "FL", "America/New_York")]
    [InlineData("49938", "MI", "America/Chicago")]
    [InlineData("49855", "MI", "America/New_York")]
    [InlineData("79901", "TX", "America/Denver")]
    [InlineData("79843", "TX", "America/Chicago")]
    [InlineData("58601", "ND", "America/Denver")]
    [InlineData("57701", "SD", "America/Denver")]
    [InlineData("57104", "SD", "America/Chicago")]
    [InlineData("69361", "NE", "America/Denver")]
    [InlineData("67735", "KS", "America/Denver")]
    [InlineData("97914", "OR", "America/Denver")]
    [InlineData("97201", "OR", "America/Los_Angeles")]
    [InlineData("83814", "ID", "America/Los_Angeles")]
    [InlineData("83702", "ID", "America/Denver")]
    [InlineData("99501", "AK", "America/Anchorage")]
    [InlineData("85004", "AZ", "America/Phoenix")]
    [InlineData("86515", "AZ", "America/Denver")]
    [InlineData("96813", "HI", "Pacific/Honolulu")]
    [InlineData("00901", "PR", "America/Puerto_Rico")]
    [InlineData("61536-1234", null, "America/Chicago")]
    [InlineData("615361234", null, "America/Chicago")]
    [InlineData(null, " il ", "America/Chicago")]
    [InlineData("2015", "NJ", "America/New_York")] // not a ZIP: the state answers
    public void A_place_has_the_zone_of_its_zip_or_of_its_state(string? zip, string? state, string zone) => Assert.Equal(zone, PlaceZone.Of(zip, state)?.Id);

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "TN")]
    [InlineData(null, "KY")]
    [InlineData(null, "ON")]
    [InlineData("2015", null)]
    [InlineData("09012", "AE")]
    [InlineData("34002", null)]
    [InlineData("37٢01", null)]
    public void Where_neither_says_it_the_zone_is_unknown(string? zip, string? state) => Assert.Null(PlaceZone.Of(zip, state));

    [Fact]
    public void Every_three_digit_prefix_in_use_in_the_fifty_states_has_a_zone()
    {
        // Unassigned or military prefixes.
        int[] none = [0, 1, 2, 3, 4, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 340, 419, 428, 429, 568, 578, 579, 589, 694, 695, 696, 697, 698, 699, 839, 848, 849, 866, 867, 868, 869, 886, 887, 888, 962, 963, 964, 965, 966];
        for (var prefix = 0; prefix < 1000; prefix++)
            Assert.True(PlaceZone.Of($"{prefix:000}99", null) is null == none.Contains(prefix), $"{prefix:000}");
    }
}
