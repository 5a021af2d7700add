using static FieldSupport.Web.Tests.Stories.StoryTeller;

namespace FieldSupport.Web.Tests.Commands;

public sealed class KeysRotateTests
{
    [Theory, OnBothDatabases]
    public async Task A_new_key_encrypts_everything_anew_and_what_lies_there_is_the_same(Database database)
    {
        await using var story = await Begin(database);
        for (var i = 0; i < 3; i++) await story.Visit($"V-{i}", $"2027-02-{9 + i:00}");

        var first = await story.Json("keys rotate --json");
        Assert.Equal((3, 0), (first.GetProperty("resealed").GetInt32(), first.GetProperty("signedOut").GetInt32()));
        var second = await story.Json("keys rotate --revoke-all --json");
        Assert.Equal((3, 3), (second.GetProperty("resealed").GetInt32(), second.GetProperty("signedOut").GetInt32()));
        Assert.NotEqual(first.GetProperty("keyId").GetString(), second.GetProperty("keyId").GetString());

        // The same reference again is known: it was opened with the new key and compared.
        var again = await story.Import("visits", "2026-11-20 09:10 CT", "account,visit,visitOn,refillBy,reference\nLAKESIDE,V-1,2027-02-10,,R-V-1\n");
        Assert.Equal((0, 1), (again.GetProperty("accepted").GetInt32(), again.GetProperty("duplicates").GetInt32()));
        Assert.Equal(["keys.rotated", "users.signed-out", "keys.rotated"], await story.AuditOf("keys"));
        Assert.True((await story.Json("audit verify --json")).GetProperty("ok").GetBoolean());
    }
}
