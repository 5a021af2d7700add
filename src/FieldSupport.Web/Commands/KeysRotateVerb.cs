using FieldSupport.Vault;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Commands;

/// <summary><c>keys rotate</c>: a new data key for the vault, and everything in it under the new one.</summary>
public sealed class KeysRotateVerb : IVerb
{
    public string Name => "keys rotate";
    public string Usage => "[--revoke-all]";
    public string Help => "Makes a new data key for the vault and encrypts what lies there anew, some hundred values at a time, while the server runs. Old key files stay: values that a backup holds still need them."
        + " Killed on the way, everything stays readable, and the next rotation finishes the work. With --revoke-all everybody is signed out with their next request; API tokens stay (tokens revoke ends them).";
    public bool Writes => true;
    public (int Least, int Most) Words => (0, 0);
    public IReadOnlyList<VerbOption> Options { get; } = [new("revoke-all", null, "signs everybody out")];

    public async Task<int> Run(VerbCall call)
    {
        var keyId = call.Get<VaultKeys>().Rotate();
        var resealed = 0;
        await using (var door = call.Get<PatientVault>().Open())
        {
            while (await door.Reseal(stop: call.Cancel) is > 0 and var some)
            {
                resealed += some;
                call.Progress($"{resealed} values encrypted anew");
            }
        }
        call.EndProgress();

        await using var db = call.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(call.Cancel);
        var signedOut = 0;
        if (call.Has("revoke-all"))
        {
            var stamp = Guid.NewGuid().ToString("N");
            signedOut = await db.Users.ExecuteUpdateAsync(s => s.SetProperty(u => u.SecurityStamp, stamp).SetProperty(u => u.ConcurrencyStamp, stamp), call.Cancel);
            db.Note("users.signed-out", "keys", keyId, $"{signedOut} people, by keys rotate --revoke-all");
        }
        db.Note("keys.rotated", "keys", keyId, $"{resealed} values encrypted anew");
        await db.SaveChangesAsync(call.Cancel);
        await transaction.CommitAsync(CancellationToken.None);
        await call.Answer(new { keyId, resealed, signedOut }, to => to.WriteLineAsync(
            $"New key {keyId}: {resealed} values encrypted anew.{(call.Has("revoke-all") ? $" {signedOut} people are signed out with their next request; API tokens stay." : "")} Keep the old key files for as long as you keep backups."));
        return ExitCode.Done;
    }
}
